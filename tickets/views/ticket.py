"""The ticket's page, and the parts of it that refresh themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from accounts.models import Team, User
from accounts.permissions import SignedInRequest, people_who_see, requires
from tickets import customers
from tickets.forms.reply import NOTE, ReplyForm
from tickets.forms.snooze import offers as snooze_offers
from tickets.models import Attachment, Draft, Macro, Message, Tag, Ticket
from tickets.queries import visible_tickets
from tickets.services import files, notifications
from tickets.services.compose import ComposeOption, options_for, parts_on
from tickets.services.guard import Finding
from tickets.states import TRANSITIONS, may_change
from tickets.timeline import timeline_of

PAGE = "tickets/ticket.html"
# Head and timeline, for the script that puts them into an open page.
LIVE = "tickets/partials/live.html"
# Statuses that a person chooses; `new` and `closed` come by themselves.
CHOOSABLE = (Ticket.Status.OPEN, Ticket.Status.PENDING, Ticket.Status.ON_HOLD, Ticket.Status.SOLVED)
MOST_OTHERS = 8
MOST_MACROS = 200


def find_ticket(request: SignedInRequest, number: int) -> Ticket:
    """The ticket, if this person may see it; 404 otherwise."""
    tickets = visible_tickets(request.user).select_related("channel", "customer", "requester", "team", "assignee")
    return get_object_or_404(tickets.prefetch_related("tags"), pk=number)


@require_GET
@requires("tickets.work")
@vary_on_headers("X-Requested-With")
@cache_control(private=True, no_cache=True)
def page(request: SignedInRequest, number: int) -> HttpResponse:
    """The page; with `X-Requested-With: fetch` only what changes by itself, if it changed.

    The composer has what this person wrote and did not send; `?invite=<way>` adds the words that ask the customer to
    write privately; `?all=1` shows every message.
    """
    ticket = find_ticket(request, number)
    if not is_fetch(request):
        notifications.seen(request.user, ticket)
        return show(request, ticket, draft=_kept(request, ticket))
    # Compares as HTTP wants it: a compressed answer's tag comes back marked as weak.
    return get_conditional_response(request, etag=_etag(ticket)) or _live(request, ticket)


def _live(request: SignedInRequest, ticket: Ticket) -> HttpResponse:
    response = render(request, LIVE, context_of(request, ticket))
    response["ETag"] = _etag(ticket)
    return response


def _etag(ticket: Ticket) -> str:
    """Every verb raises the version of the tickets that it touched; clocks are set without one."""
    clocks = "-".join(at.isoformat() if at else "" for at in (ticket.sla_due_at, ticket.promised_at))
    return f'"{ticket.version}-{ticket.sla_state}-{clocks}"'


def is_fetch(request: SignedInRequest) -> bool:
    """Asked for by a script of ours, which wants a part of the page."""
    return request.headers.get("X-Requested-With") == "fetch"


def show(
    request: SignedInRequest,
    ticket: Ticket,
    *,
    form: ReplyForm | None = None,
    draft: Draft | None = None,
    outdated: list[Any] | None = None,
    held: Sequence[Finding] = (),
    status: int = 200,
) -> HttpResponse:
    """The whole page. `form` is a refused reply, `outdated` what happened since the agent looked (send guard), `held`
    the personal data in a public one.
    """
    context = context_of(request, ticket)
    ways = options_for(ticket)
    invited = next((way for way in ways if way.private_link and way.key == request.GET.get("invite")), None)
    chosen = (
        (invited and invited.key) or (form["way"].value() if form else draft.way if draft else "") or default_way(ways)
    )
    text = (form["text"].value() if form else draft.text if draft else "") or ""
    usable = list(Macro.objects.usable_by(request.user).select_related("team").prefetch_related("tags")[:MOST_MACROS])
    used = {str(pk) for pk in form["macros"].value() or []} if form else set()
    context |= {
        "colleagues": _colleagues(request.user, ticket, context["people"]),
        "macros": usable,
        "used_macros": [macro for macro in usable if str(macro.pk) in used],
        "send_status": _send_status(context["after_reply"], usable, used),
        "ways": ways,
        "several_channels": len({way.channel.pk for way in ways}) > 1,
        "has_subject": any(way.has_subject for way in ways),
        "chosen": chosen,
        "form": form,
        "text": "\n\n".join(part for part in (text, invited.invitation if invited else "") if part),
        "parts": _parts(ways, chosen, text),
        "subject": (form["subject"].value() if form else draft.subject if draft else "") or "",
        "outdated": outdated or [],
        "held": held,
        "note_files": files.NOTE_FILES,
        "written": written_files(request.user, ticket, ways),
        "private_way": next(
            (way for way in ways if way.allowed and way.visibility == Message.Visibility.PRIVATE), None
        ),
        "identities": customers.identities_of(ticket.customer),
        "others": customers.tickets_of(ticket.customer, request.user).exclude(pk=ticket.pk)[:MOST_OTHERS],
        "participants": ticket.participants.exclude(identity=ticket.requester).select_related("identity"),
        "related": customers.related_tickets(ticket, request.user),
    }
    return render(request, PAGE, context, status=status)


def _colleagues(user: User, ticket: Ticket, seeing: Iterable[User]) -> list[tuple[User, bool]]:
    """Whom a note can call, and whether they see the ticket."""
    everybody = User.objects.filter(is_active=True) if ticket.team and ticket.team.is_closed else seeing
    see = {person.pk for person in seeing}
    return [(person, person.pk in see) for person in everybody if person.pk != user.pk]


def _parts(ways: list[ComposeOption], chosen: str, text: str) -> list[str]:
    """What the composer shows of a text that is too long for one post where it goes."""
    way = next((way for way in ways if way.key == chosen), None)
    return parts_on(way.channel, way.visibility, text.strip()) if way else []


def _send_status(possible: list[Ticket.Status], macros: list[Macro], used: set[str]) -> Ticket.Status | None:
    """What the send button sets: what the newest macro says, else Pending."""
    wanted = [macro.status for macro in macros if str(macro.pk) in used and macro.status]
    return next((status for status in possible if status == (wanted or [Ticket.Status.PENDING])[-1]), None)


def context_of(request: SignedInRequest, ticket: Ticket) -> dict[str, Any]:
    """What head and timeline need."""
    return {
        "ticket": ticket,
        "etag": _etag(ticket),
        "now": timezone.now(),
        "timeline": timeline_of(ticket, everything="all" in request.GET),
        "statuses": [status for status in CHOOSABLE if status in TRANSITIONS[ticket.status]],
        "after_reply": [status for status in CHOOSABLE if status == ticket.status or may_change(ticket.status, status)],
        "priorities": Ticket.Priority,
        "snooze_offers": snooze_offers(),
        "people": people_who_see(ticket.team),
        "teams": Team.objects.all(),
        "all_tags": Tag.objects.all()[:500],
    }


@dataclass(frozen=True)
class WrittenFiles:
    """The files beside a draft, and (slot of the composer, what is wrong with them there)."""

    files: list[Attachment]
    problems: list[tuple[str, list[str]]]


def written_files(user: User, ticket: Ticket, ways: list[ComposeOption]) -> WrittenFiles:
    found = files.written(ticket.pk, user)
    slots = [(str(slot), way.files) for slot, way in enumerate(ways, 1) if way.allowed] + [(NOTE, files.NOTE_FILES)]
    wrong = [(slot, files.problems(limits, found)) for slot, limits in slots]
    return WrittenFiles(found, [(slot, reasons) for slot, reasons in wrong if reasons])


def default_way(ways: list[ComposeOption]) -> str:
    """Private where the customer wrote privately; else where they wrote; a note where nothing can be sent."""
    possible = [way for way in ways if way.allowed]
    spoken = [way for way in possible if way.answers and way.answers.visibility == way.visibility]
    return (spoken or possible)[0].key if possible else NOTE


def back_to(request: SignedInRequest, ticket: Ticket) -> HttpResponse:
    """After a change: the live parts for the script, the page for everybody else, the queue when it is out of sight."""
    if not visible_tickets(request.user).filter(pk=ticket.pk).exists():
        messages.success(request, f"#{ticket.pk} is with a team whose tickets you do not see.")
        return redirect("/")
    if is_fetch(request):
        return _live(request, find_ticket(request, ticket.pk))
    return redirect(ticket)


def way_of(message: Message) -> str:
    """The composer's key of the way by which a message of ours went out."""
    return f"{message.channel_id}-{message.visibility}"


def _kept(request: SignedInRequest, ticket: Ticket) -> Draft | None:
    return Draft.objects.filter(ticket=ticket, user=request.user).first()
