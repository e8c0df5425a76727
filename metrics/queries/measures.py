"""What is measured: figures, lists and exports all start from a measure's `cases`."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from metrics.fold.waits import FIRST, NEXT
from metrics.models import HandleSession, SlaInstance, TicketFact, WaitInterval
from metrics.queries.measure import Measure
from tickets.states import UNSOLVED

_WAIT_SECONDS = {"calendar": "calendar_s", "business": "business_s"}

FIRST_RESPONSE = Measure(
    key="first_response",
    label=_("First response"),
    means=_(
        "From the customer's first message to the first reply of a person that they can see, on any channel. Bots, "
        "notes and other customers do not count. Tickets without a reply are not in it."
    ),
    cases_are=_("Answers"),
    dated_by=_("by the day of the answer"),
    model=WaitInterval,
    start="started_at",
    end="ended_at",
    seconds=_WAIT_SECONDS,
    where=Q(metric=FIRST, counts=True),
    by={"agent": "author", "priority": "ticket__fact__priority"},
    none=_("No first answer in this period."),
)
NEXT_RESPONSE = Measure(
    key="next_response",
    label=_("Next responses"),
    means=_(
        "Every further wait: from the oldest message that nobody had answered to the reply that answered it. What was "
        "closed without a word is not in it."
    ),
    cases_are=_("Answers"),
    dated_by=_("by the day of the answer"),
    model=WaitInterval,
    start="started_at",
    end="ended_at",
    seconds=_WAIT_SECONDS,
    where=Q(metric=NEXT, counts=True),
    by={"agent": "author", "priority": "ticket__fact__priority"},
    none=_("No further answer in this period."),
)
RESOLUTION = Measure(
    key="resolution",
    label=_("Minutes per resolution"),
    means=_(
        "From the first contact to the effective resolution of tickets that a person answered and that are solved now. "
        "A reopening only to say thanks does not move it; what was closed by itself counts as solved when it began to "
        "wait for the customer."
    ),
    cases_are=_("Resolved tickets"),
    dated_by=_("by the day of the resolution"),
    model=TicketFact,
    start="opened_at",
    end="effective_resolved_at",
    seconds={"calendar": "effective_resolution_s", "business": "effective_resolution_business_s"},
    where=Q(counts_for_mpr=True),
    by={"priority": "priority"},
    has_live=False,
    none=_("Nothing was resolved in this period."),
)
HANDLING = Measure(
    key="handling",
    label=_("Handling time"),
    means=_(
        "What people spent on a resolved ticket: calls with hold and wrap-up, and minutes logged by hand. Tickets "
        "without recorded time are not in it."
    ),
    cases_are=_("Resolved tickets with recorded time"),
    dated_by=_("by the day of the resolution"),
    model=TicketFact,
    start="opened_at",
    end="effective_resolved_at",
    seconds={"calendar": "handle_s", "business": "handle_s"},
    where=Q(counts_for_mpr=True, handle_s__gt=0),
    has_live=False,
    none=_("No time was recorded on the tickets resolved in this period."),
)
EFFORT = Measure(
    key="effort",
    label=_("Effort per resolution"),
    means=_(
        "All minutes of handling in the period, also those on tickets that are not solved, divided by the resolutions "
        "of the period."
    ),
    cases_are=_("Sessions of work"),
    dated_by=_("by the day of the work"),
    model=HandleSession,
    start="started_at",
    end="started_at",
    seconds={"calendar": "seconds", "business": "seconds"},
    where=Q(),
    has_visibility=False,
    has_live=False,
    none=_("No time was recorded in this period."),
)
OPENED = Measure(
    key="opened",
    label=_("New tickets"),
    means=_("Tickets that a customer began, at the network's time. Spam and merged tickets are not in it."),
    cases_are=_("New tickets"),
    dated_by=_("by the time of the first contact"),
    model=TicketFact,
    start="opened_at",
    end="effective_resolved_at",
    dated=F("opened_at"),
    seconds={"calendar": "effective_resolution_s", "business": "effective_resolution_business_s"},
    where=Q(initiated_by="customer") & ~Q(excluded__in=["spam", "merged"]),
    has_live=False,
    by={"priority": "priority"},
)
REOPENED = Measure(
    key="reopened",
    label=_("Reopened"),
    means=_("Tickets resolved in the period that were opened again and then answered again. Thanks do not count."),
    cases_are=_("Reopened tickets"),
    dated_by=_("by the day of the resolution"),
    model=TicketFact,
    start="opened_at",
    end="effective_resolved_at",
    seconds=RESOLUTION.seconds,
    where=Q(counts_for_mpr=True, substantive_reopens__gt=0),
    has_live=False,
    by={"priority": "priority"},
)
OPEN = Measure(
    key="open",
    label=_("Open tickets"),
    means=_("Tickets that are not solved now, whenever they began."),
    cases_are=_("Open tickets"),
    dated_by=_("now"),
    model=TicketFact,
    start="opened_at",
    end="effective_resolved_at",
    seconds=None,
    where=Q(status__in=UNSOLVED) & ~Q(excluded__in=["spam", "merged"]),
    has_live=False,
    by={"turn": "status__in", "priority": "priority", "older": "opened_at__lte", "younger": "opened_at__gt"},
    none=_("Nothing is open."),
)
WAITING = Measure(
    key="waiting",
    label=_("Waiting for us"),
    means=_("Questions that nobody has answered yet, from the oldest message of each ticket."),
    cases_are=_("Unanswered"),
    dated_by=_("now"),
    model=WaitInterval,
    start="started_at",
    end="ended_at",
    seconds=None,
    where=Q(ended_by="still_open"),
    by={"older": "started_at__lte", "younger": "started_at__gt"},
    none=_("Nobody waits for an answer."),
)
UNANSWERED = Measure(
    key="unanswered",
    label=_("Closed without a reply"),
    means=_("Questions whose ticket was solved without an answer. They are in no response time."),
    cases_are=_("Unanswered questions"),
    dated_by=_("by the day of the closing"),
    model=WaitInterval,
    start="started_at",
    end="ended_at",
    seconds=_WAIT_SECONDS,
    where=Q(ended_by="resolved"),
    by={"priority": "ticket__fact__priority"},
)
_earlier = WaitInterval.objects.filter(ticket=OuterRef("ticket"), n__lt=OuterRef("n"))
HANDED_OVER = Measure(
    key="handed_over",
    label=_("Hand-over gap"),
    means=_(
        "In tickets that moved from public to private: from the customer's first private message to our first private "
        "reply."
    ),
    cases_are=_("First private answers"),
    dated_by=_("by the day of the answer"),
    model=WaitInterval,
    start="started_at",
    end="ended_at",
    seconds=_WAIT_SECONDS,
    where=Q(Exists(_earlier.filter(visibility="public")), ~Exists(_earlier.filter(visibility="private")))
    & Q(visibility="private", counts=True),
    has_visibility=False,
)
_PROMISES = {
    "model": SlaInstance,
    "start": "started_at",
    "end": "ended_at",
    "seconds": {"calendar": "elapsed_s", "business": "elapsed_s"},
    "dated": Coalesce("breached_at", "ended_at"),
    "dated_by": _("by the time of the breach, else of the answer"),
    "by": {"policy": "policy__policy", "promise": "metric", "priority": "ticket__fact__priority"},
    "has_visibility": False,
    "has_live": False,
}
KEPT = Measure(
    key="sla_met",
    label=_("Promises kept"),
    means=_("Promises that ended in time. What still runs, or was called off, is not in it."),
    cases_are=_("Promises kept"),
    where=Q(outcome="met"),
    **_PROMISES,  # type: ignore[arg-type]
)
BROKEN = Measure(
    key="sla_breached",
    label=_("Promises broken"),
    means=_("Promises of which more than the target had passed, answered since or not. Nothing done later undoes it."),
    cases_are=_("Promises broken"),
    where=Q(outcome="breached"),
    **_PROMISES,  # type: ignore[arg-type]
)
JUDGED = Measure(
    key="sla",
    label=_("Promises kept"),
    means=_("Kept of all promises that were kept or broken in the period. What still runs, or was called off, is out."),
    cases_are=_("Promises kept or broken"),
    where=Q(outcome__in=["met", "breached"]),
    **_PROMISES,  # type: ignore[arg-type]
)
LATE = Measure(
    key="sla_late_escalation",
    label=_("Late escalations"),
    means=_("Broken by a later change alone: a higher priority whose time had passed already."),
    cases_are=_("Late escalations"),
    where=Q(outcome="breached", late_escalation=True),
    **_PROMISES,  # type: ignore[arg-type]
)
MEASURES = {
    measure.key: measure
    for measure in (
        *(FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, HANDLING, EFFORT, OPENED, REOPENED, OPEN, WAITING, UNANSWERED),
        *(HANDED_OVER, JUDGED, KEPT, BROKEN, LATE),
    )
}
