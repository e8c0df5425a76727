"""Reads: which tickets a person sees, the views of the queue, filters, order and pages. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import team_sight
from tickets import states
from tickets.channels.contract import Capabilities
from tickets.channels.registry import kinds
from tickets.keyset import behind, position_of, read_position
from tickets.models import Channel, Macro, SavedView, Tag, Ticket, TicketLink
from tickets.models.ticket import AWAKE, SNOOZED
from tickets.search_terms import BadSearch, fitting, read

Tagged = TypeVar("Tagged", Ticket, Macro)

OUR_ANSWERS = ("reply_queued", "answered_outside")

SOON = timedelta(minutes=30)
# `sla_due_at` is set exactly while a clock runs (metrics.reading).
DUE_SOON = Q(sla_due_at__gt=Now(), sla_due_at__lte=Now() + SOON)
PUBLIC = (Ticket.Visibility.PUBLIC, Ticket.Visibility.MIXED)
PRIVATE = (Ticket.Visibility.PRIVATE, Ticket.Visibility.MIXED)
GONE = (Ticket.Excluded.MERGED, Ticket.Excluded.SPAM)


def visible_tickets(user: User) -> QuerySet[Ticket]:
    """Every ticket that this person may see; each page, count and export starts here."""
    return Ticket.objects.filter(team_sight(user))


# ---- views ----


@dataclass(frozen=True)
class View:
    """A fixed view of the queue. `can` limits it to channels of kinds with that capability."""

    key: str
    label: str | Promise
    icon: str
    statuses: tuple[str, ...] = states.OUR_TURN
    where: Callable[[User], Q] = lambda user: Q()
    can: Callable[[Capabilities], bool] | None = None
    sort: str = "due"
    tone: str = ""
    # Whether somebody put it off: views of open work leave that out.
    asleep: Q = AWAKE
    # A filter by status replaces `statuses`; the view is then called this. Empty: the view is about its statuses.
    any_status: str | Promise = ""

    def q(self, user: User) -> Q:
        """Its condition, apart from the statuses."""
        condition = self.where(user) & self.asleep & ~Q(excluded__in=GONE)
        return condition & Q(channel__kind__in=self.kinds()) if self.can else condition

    def get_absolute_url(self) -> str:
        return f"{reverse('queue')}?view={self.key}"

    def kinds(self) -> list[str]:
        return [kind.kind for kind in kinds() if self.can and self.can(kind.capabilities)]


ALL = View("all", _("All open"), "inbox", any_status=_("All tickets"))
UNASSIGNED = View(
    "unassigned", _("Unassigned"), "user-question", where=lambda user: Q(assignee=None), any_status=_("Unassigned")
)
INBOX = (
    ALL,
    View("mine", _("My open"), "user", where=lambda user: Q(assignee=user), any_status=_("My tickets")),
    UNASSIGNED,
    View("soon", _("Breaching soon"), "alarm", states.UNSOLVED, lambda user: DUE_SOON, tone="due", asleep=Q()),
    View("waiting", _("Waiting on customer"), "hourglass", (states.PENDING,), sort="newest"),
    View("held", _("On hold"), "clock-pause", (states.ON_HOLD,)),
    View("snoozed", _("Snoozed"), "calendar", states.UNSOLVED, asleep=SNOOZED),
    View("solved", _("Solved"), "circle-check", (states.SOLVED,), sort="newest", asleep=Q()),
)
BY_CHANNEL = (
    View(
        "mentions",
        _("Public mentions"),
        "world",
        where=lambda user: Q(visibility__in=PUBLIC),
        can=lambda able: able.can_reply_publicly,
        any_status=_("Public mentions"),
    ),
    View(
        "dms",
        _("DMs"),
        "message-circle",
        where=lambda user: Q(visibility__in=PRIVATE),
        can=lambda able: able.can_reply_privately and not able.has_subject and not able.logs_calls,
        any_status=_("DMs"),
    ),
    View("mail", _("Email"), "mail", can=lambda able: able.has_subject, any_status=_("Email")),
    View("calls", _("Phone"), "phone", can=lambda able: able.logs_calls, any_status=_("Phone")),
)
VIEWS = {view.key: view for view in INBOX + BY_CHANNEL}


# ---- groups ----


@dataclass(frozen=True)
class Group:
    """A stretch of the queue in order of due time; `tone` is its colour."""

    key: str
    title: str | Promise
    tone: str
    where: Q


GROUPS = (
    Group("breached", _("Breached"), "breach", Q(sla_due_at__lte=Now())),
    Group("soon", _("Due in the next 30 minutes"), "due", DUE_SOON),
    Group("later", _("On track"), "ok", Q(sla_due_at__gt=Now() + SOON)),
    Group("none", _("No clock running"), "ok", Q(sla_due_at=None)),
)


def group_key(due_at: datetime | None, now: datetime) -> str:
    """The same rule for one ticket at hand."""
    if due_at is None:
        return "none"
    if due_at <= now:
        return "breached"
    return "soon" if due_at <= now + SOON else "later"


def group_counts(tickets: QuerySet[Ticket]) -> dict[str, int]:
    return tickets.aggregate(**{group.key: Count("number", filter=group.where) for group in GROUPS})


def next_due(user: User) -> Ticket | None:
    """The ticket that will be the next to have less than `SOON` left, and when (`soon_at`)."""
    later = visible_tickets(user).filter(status__in=states.UNSOLVED, sla_due_at__gt=Now() + SOON)
    next_one = later.select_related("customer").annotate(soon_at=F("sla_due_at") - SOON)
    return next_one.order_by("sla_due_at", "number").first()


# ---- filters ----


def _people(field: str, values: Iterable[str], user: User) -> Q:
    chosen = Q(**{f"{field}__in": [user.pk if value == "me" else int(value) for value in values if value != "none"]})
    return chosen | Q(**{field: None}) if "none" in values else chosen


def _tagged(values: Iterable[str]) -> Q:
    return Q(pk__in=Ticket.tags.through.objects.filter(tag__name__in=values).values("ticket"))


def _shown_as(values: Iterable[str]) -> Q:
    return Q(visibility__in=[*values, Ticket.Visibility.MIXED])


def _any(conditions: Mapping[str, Q], values: Iterable[str]) -> Q:
    """Fits one of them. A name that this version no longer knows fits nothing."""
    return reduce(or_, [conditions[value] for value in values if value in conditions], Q(pk__in=[]))


# How long somebody waits for us at least, and when the ticket came.
WAITED = {
    "1h": Q(waiting_since__lte=Now() - timedelta(hours=1)),
    "4h": Q(waiting_since__lte=Now() - timedelta(hours=4)),
    "1d": Q(waiting_since__lte=Now() - timedelta(days=1)),
    "no": Q(waiting_since=None),
}
OPENED = {
    "1d": Q(opened_at__gt=Now() - timedelta(days=1)),
    "7d": Q(opened_at__gt=Now() - timedelta(days=7)),
    "30d": Q(opened_at__gt=Now() - timedelta(days=30)),
    "older": Q(opened_at__lte=Now() - timedelta(days=30)),
}


def _found(text: str) -> Q:
    """Nothing fits what this version cannot read."""
    try:
        return fitting(read(text))
    except BadSearch:
        return Q(pk__in=[])


FILTERS: dict[str, Callable[[Iterable[str], User], Q]] = {
    "channel": lambda values, user: Q(channel__in=values),
    "priority": lambda values, user: Q(priority__in=[states.PRIORITIES[name] for name in values]),
    "assignee": lambda values, user: _people("assignee", values, user),
    "team": lambda values, user: _people("team", values, user),
    "tag": lambda values, user: _tagged(values),
    "visibility": lambda values, user: _shown_as(values),
    "customer": lambda values, user: Q(customer__is_vip=True) if "vip" in values else Q(pk__in=[]),
    "due": lambda values, user: _any({group.key: group.where for group in GROUPS}, values),
    "waited": lambda values, user: _any(WAITED, values),
    "opened": lambda values, user: _any(OPENED, values),
    "q": lambda values, user: _found(" ".join(values)),
}
Filters = Mapping[str, list[str]]


def queue(user: User, view: View, filters: Filters) -> QuerySet[Ticket]:
    """The tickets of a view, narrowed by checked filter values (see `tickets.forms.filters`)."""
    return visible_tickets(user).filter(_selection(user, view, filters))


def _selection(user: User, view: View, filters: Filters) -> Q:
    chosen = [condition(values, user) for name, condition in FILTERS.items() if (values := filters.get(name))]
    return reduce(and_, chosen, view.q(user) & Q(status__in=_statuses(view, filters)))


def _statuses(view: View, filters: Filters) -> Iterable[str]:
    return (filters.get("status") if view.any_status else None) or view.statuses


# ---- counts ----


def view_counts(user: User, saved: Iterable[SavedView] = ()) -> dict[str, int]:
    """How many tickets each view holds, by key, in one statement.

    Solved tickets only grow in number: counting them would cost more each day and tell nobody anything. And words are
    looked for when somebody asks, not again and again.
    """
    wanted: list[tuple[str, View, Filters]] = [(view.key, view, {}) for view in VIEWS.values()]
    wanted += [(view.key, VIEWS.get(view.base, ALL), view.filters) for view in saved]
    counts = {
        key: Count("number", filter=_selection(user, view, filters))
        for key, view, filters in wanted
        if set(_statuses(view, filters)) <= set(states.UNSOLVED) and "q" not in filters
    }
    return visible_tickets(user).filter(status__in=states.UNSOLVED).aggregate(**counts)


# ---- order and pages ----

SORTS: dict[str, tuple[str, ...]] = {
    "due": ("sla_due_at", "number"),
    "newest": ("-last_message_at", "-number"),
    "priority": ("-priority", "sla_due_at", "number"),
    "waiting": ("waiting_since", "number"),
}
# What no row shows: secrets, and texts of any length.
UNSHOWN = (
    "channel__credentials",
    "channel__options",
    "channel__account_state",
    "customer__note",
    "assignee__password",
)


def with_tag_names(rows: QuerySet[Tagged]) -> QuerySet[Tagged]:
    """Tickets or macros with the names of their tags, in the same statement."""
    tags = Tag.objects.filter(**{str(rows.model._meta.model_name): OuterRef("pk")})
    return rows.annotate(tag_names=ArraySubquery(tags.values("name")))  # type: ignore[no-redef]


def as_rows(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With what `partials/row.html` shows of them."""
    people = tickets.select_related("requester", "customer", "channel", "assignee")
    return with_tag_names(people).defer(*UNSHOWN)


@dataclass(frozen=True)
class Page:
    """`after` is the position of the last ticket, empty where nothing follows."""

    tickets: list[Ticket]
    after: str


def page_of(tickets: QuerySet[Ticket], sort: str, size: int, after: str = "") -> Page:
    """The next `size` tickets behind a position. Raises BadCursor."""
    order = SORTS[sort]
    if after:
        tickets = tickets.filter(behind(order, read_position(order, after, Ticket)))
    found = list(as_rows(tickets).order_by(*order)[: size + 1])
    more = len(found) > size
    return Page(found[:size], position_of(order, found[size - 1]) if more else "")


# ---- what surrounds every page ----


def channels() -> list[Channel]:
    """All channels by name, without their secrets."""
    return list(Channel.objects.defer("credentials", "options", "account_state"))


def needs_attention(channel: Channel) -> bool:
    return not channel.is_active or bool(channel.last_error)


def answers_beside(ticket: Ticket) -> Q:
    """Of events: our answers to the same post of the same customer to another account of ours."""
    siblings = TicketLink.objects.filter(
        ticket=ticket, kind=TicketLink.Kind.SIBLING, other__customer=ticket.customer_id
    ).values_list("other", flat=True)
    # Looked up first: beside other conditions a subquery would have all events read.
    return Q(ticket__in=list(siblings), kind__in=(*OUR_ANSWERS, "message_out"))
