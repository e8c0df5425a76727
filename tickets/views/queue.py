"""The queue: the page, and the same list as a fragment for the script that keeps an open page fresh."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import groupby

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from accounts.permissions import SignedInRequest, can, requires
from tickets import states
from tickets.forms.filters import QueueForm
from tickets.forms.saved_view import SavedViewForm
from tickets.forms.snooze import NAMES as SNOOZE_NAMES
from tickets.keyset import BadCursor
from tickets.models import Macro, SavedView, Ticket
from tickets.queries import GROUPS, VIEWS, Group, Page, group_counts, group_key, next_due, page_of, with_tag_names
from tickets.queries import queue as queue_of
from tickets.search_terms import LONGEST
from tickets.views.filterbar import SORT_LABELS, address, chips, choices_for, kept, priorities, sort_options
from tickets.views.shell import Shell

PAGE = "tickets/queue.html"
LIVE = "tickets/partials/queue_live.html"
MOST_MACROS = 100


@dataclass
class Stretch:
    """The tickets of one group that are on the page; `total` counts those that are not, too."""

    group: Group | None
    total: int = 0
    tickets: list[Ticket] = field(default_factory=list)


@require_GET
@requires("tickets.work")
@vary_on_headers("X-Requested-With")
@cache_control(private=True, no_cache=True)
def queue(request: SignedInRequest) -> HttpResponse:
    """`GET /?view=mine&status=open&sort=newest`; with `X-Requested-With: fetch` only what changes by itself."""
    form = QueueForm(request.GET)
    view = VIEWS[form.view_key]
    sort = form.value("sort") or view.sort
    tickets = queue_of(request.user, view, form.filters)
    unreadable = form.unreadable()
    try:
        page = page_of(tickets, sort, form.page_size, form.value("after") or "")
    except BadCursor:
        page = page_of(tickets, sort, form.page_size)
        unreadable.append("after")
    now, counts, shell = timezone.now(), group_counts(tickets), Shell(request.user)
    saved = next((saved for saved in shell.saved_views if saved.pk == form.value("saved")), None)
    heading = view.any_status if "status" in form.filters and view.any_status else view.label
    context = {
        "view": view,
        "shell": shell,
        "current_view": saved.key if saved else view.key,
        "heading": saved or heading,
        "total": sum(counts.values()),
        "stretches": _stretches(page, sort, counts, now),
        "more": address(request.GET, "after", [page.after]) if page.after else "",
        "filtered": bool(form.filters),
        "next_due": next_due(request.user) if view.key == "soon" and not page.tickets else None,
    }
    if request.headers.get("X-Requested-With") == "fetch":
        return _fragment(request, context, _fingerprint(page, counts, shell, now))
    offered = choices_for(request.user, shell.channels)
    context |= {
        "unreadable": unreadable,
        "asked": request.GET.get("q", "")[:LONGEST],
        "misread": form.errors.get("q", []),
        "kept": kept(request.GET, "q"),
        "saved": saved,
        "changed_view": _changed_view(request.user, saved, form),
        "sharing": SavedViewForm(user=request.user, teams=offered.teams),
        "chips": chips(request.GET, form.filters, view, offered),
        "people": offered.people,
        "tags": offered.tags,
        "statuses": [choice for choice in Ticket.Status.choices if choice[0] != states.NEW],
        "priorities": priorities(),
        "sorts": sort_options(request.GET, sort),
        "macros": _setting_macros(request.user),
        "snooze_names": SNOOZE_NAMES,
        "sorted_by": SORT_LABELS[sort],
    }
    return render(request, PAGE, context)


def _changed_view(user: User, saved: SavedView | None, form: QueueForm) -> SavedView | None:
    """The saved view of this address where it asks for something else by now and this person may keep that."""
    if saved is None or (saved.owner_id is None and not can(user, "views.share")):
        return None
    asked = (form.view_key, form.filters, form.value("sort") or "")
    return saved if asked != (saved.base, saved.filters, saved.sort) else None


def _setting_macros(user: User) -> list[Macro]:
    """Those that do something to a ticket besides their text."""
    usable = with_tag_names(Macro.objects.usable_by(user).select_related("team").defer("text"))
    return [macro for macro in usable[:MOST_MACROS] if macro.actions()]


def _stretches(page: Page, sort: str, counts: dict[str, int], now: datetime) -> list[Stretch]:
    """A page in due order is cut where one group ends; in another order it is one piece."""
    if sort != "due":
        return [Stretch(None, 0, page.tickets)] if page.tickets else []
    groups = {group.key: group for group in GROUPS}
    return [
        Stretch(groups[key], counts[key], list(tickets))
        for key, tickets in groupby(page.tickets, key=lambda ticket: group_key(ticket.sla_due_at, now))
    ]


def _fragment(request: SignedInRequest, context: dict[str, object], fingerprint: str) -> HttpResponse:
    # Weak, because the compressing middleware makes every tag weak.
    etag = f'W/"{fingerprint}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    response = render(request, LIVE, context)
    response["ETag"] = etag
    return response


def _fingerprint(page: Page, counts: dict[str, int], shell: Shell, now: datetime) -> str:
    """Equal while the fragment would say the same, apart from clocks, which tick in the browser."""
    rows = [(t.pk, t.version, t.sla_state, t.sla_due_at, group_key(t.sla_due_at, now)) for t in page.tickets]
    channels = [(channel.pk, channel.state, channel.last_error) for channel in shell.channels]
    return sha256(repr((rows, counts, shell.counts, channels)).encode()).hexdigest()[:32]
