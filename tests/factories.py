"""Rows for tests: `from tests import factories as make`, then `make.ticket(subject="Lost bag")`.

Every function fills what the test does not care about and saves one consistent row with what it hangs on. They write
columns directly and record no events: to test a verb, call the verb.
"""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Role, Team, User
from tickets.models import Channel, Customer, Identity, Message, MessageRef, Tag, Thread, Ticket

_number = count(1)


def user(
    role: str = Role.AGENT, *, name: str = "", team: Team | None = None, lead: bool = False, **fields: Any
) -> User:
    n = next(_number)
    fields.setdefault("email", f"person{n}@northwind.example")
    person = User(name=name or f"Person {n}", role=role, **fields)
    # Hashing is slow and `client.force_login` needs no password.
    person.set_unusable_password()
    person.save()
    if team:
        Membership.objects.create(user=person, team=team, is_lead=lead)
    return person


def team(name: str = "", *, closed: bool = False) -> Team:
    return Team.objects.create(name=name or f"Team {next(_number)}", is_closed=closed)


def channel(kind: str = "x", **fields: Any) -> Channel:
    n = next(_number)
    fields.setdefault("address", {"x": f"@brand{n}", "phone": f"+4420794608{n:02}"}.get(kind, f"help{n}@brand.example"))
    fields.setdefault("name", f"{kind} {fields['address']}")
    return Channel.objects.create(kind=kind, **fields)


_channel = channel  # `ticket` and `thread` have an argument of that name


def customer(name: str = "") -> Customer:
    return Customer.objects.create(name=name or f"Customer {next(_number)}")


def identity(kind: str = "x", *, of: Customer | None = None, **fields: Any) -> Identity:
    n = next(_number)
    of = of or customer(fields.get("name", ""))
    fields.setdefault("external_id", str(10_000 + n))
    fields.setdefault("handle", {"x": f"@customer{n}", "phone": f"+4477009001{n:02}"}.get(kind, f"jo{n}@mail.example"))
    fields.setdefault("name", of.name)
    return Identity.objects.create(kind=kind, customer=of, **fields)


def thread(
    channel: Channel, identity: Identity, *, ticket: Ticket | None = None, visibility: str = "public", key: str = ""
) -> Thread:
    return Thread.objects.create(
        channel=channel,
        identity=identity,
        ticket=ticket,
        visibility=visibility,
        key=key or f"thread-{next(_number)}",
    )


def ticket(
    *,
    channel: Channel | None = None,
    requester: Identity | None = None,
    due_in: timedelta | None = None,
    waited: timedelta | None = timedelta(minutes=10),
    tags: tuple[str, ...] = (),
    **fields: Any,
) -> Ticket:
    """A ticket with one thread. `due_in` runs its first-response clock; `waited=None`: nobody waits for us."""
    channel = channel or _channel()
    requester = requester or identity(channel.kind)
    now = timezone.now()
    since = now - (waited or timedelta(minutes=10))
    fields.setdefault("visibility", "public")
    fields.setdefault("opened_at", since)
    fields.setdefault("last_message_at", since)
    fields.setdefault("waiting_since", since if waited is not None else None)
    fields.setdefault("subject", f"Question {next(_number)}")
    fields.setdefault("preview", fields["subject"])
    if due_in is not None:
        fields.setdefault("sla_metric", "first_response")
        fields.setdefault("sla_state", "ok" if due_in > timedelta(0) else "breached")
        fields.setdefault("sla_due_at", now + due_in)
    made = Ticket.objects.create(channel=channel, requester=requester, customer=requester.customer, **fields)
    if tags:
        made.tags.set([Tag.objects.get_or_create(name=name)[0] for name in tags])
    visibility = "public" if made.visibility == "mixed" else made.visibility
    thread(channel, requester, ticket=made, visibility=visibility)
    return made


def message(ticket: Ticket, text: str = "", *, direction: str = "inbound", **fields: Any) -> Message:
    """Something said in the ticket's first thread; `direction="note"` for an internal note."""
    n = next(_number)
    note = direction == "note"
    said_in = None if note else ticket.threads.first()
    fields.setdefault("visibility", "internal" if note else said_in.visibility)
    fields.setdefault("author_kind", "customer" if direction == "inbound" else "agent")
    fields.setdefault("identity", ticket.requester if direction == "inbound" else None)
    fields.setdefault("external_id", "" if note else f"post-{n}")
    fields.setdefault("occurred_at", timezone.now())
    made = Message.objects.create(
        ticket=ticket,
        thread=said_in,
        channel=said_in and said_in.channel,
        direction=direction,
        text=text or f"Message {n}",
        **fields,
    )
    if made.external_id:
        MessageRef.objects.create(message=made, channel=made.channel, external_id=made.external_id)
    return made
