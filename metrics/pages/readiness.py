"""May we open social channels: are the existing ones in order. What has no data is not measured, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.pages.parts import Block, Cell, Content, Context, Page, Table, percentage
from metrics.queries.measures import JUDGED, OPENED, REOPENED, RESOLUTION, WAITING
from metrics.queries.staffing import open_hours
from tickets.channels.registry import adapters
from tickets.models import Channel

PASS, WARN, FAIL, UNMEASURED = "pass", "warn", "fail", "unmeasured"
WORDS = {
    PASS: gettext_lazy("Pass"),
    WARN: gettext_lazy("Careful"),
    FAIL: gettext_lazy("Not yet"),
    UNMEASURED: gettext_lazy("Not measured"),
}
DROPPED_AFTER = timedelta(days=2)
FEWEST = 20


@dataclass(frozen=True)
class Check:
    question: str
    wanted: str
    state: str
    found: str = "–"
    n: int = 0
    href: str = ""


def make(context: Context) -> Content:
    checks = list(_checks(context))
    rows = [_row(check) for check in checks]
    passed = sum(check.state == PASS for check in checks)
    return Content(
        blocks=[
            Block(
                key="readiness",
                title=_("%(passed)s of %(all)s checks pass") % {"passed": passed, "all": len(checks)},
                means=_("Existing channels first: a social network shows to everybody what is slow elsewhere."),
                table=Table([_("Check"), _("Wanted"), _("Found"), "n", _("State")], rows),
                wide=True,
            )
        ]
    )


def _row(check: Check) -> list[Cell]:
    n = Cell(f"{check.n:,}" if check.n else "–")
    found = Cell(check.found, check.href)
    return [Cell(check.question), Cell(check.wanted), found, n, Cell(str(WORDS[check.state]))]


def _checks(context: Context) -> Iterator[Check]:
    mail = _channels_that("has_subject")
    yield _kept(context, _("First responses by email in time"), mail, 0.9, promise="first_response")
    yield _dropped(context)
    yield _backlog(context)
    phone = _channels_that("logs_calls")
    yield _kept(context, _("Calls answered in time"), phone, 0.8, promise="first_response")
    yield _reopened(context)
    yield _staffed(context)
    yield Check(_("Customers sufficiently assisted"), "≥ 80%", UNMEASURED)
    yield Check(_("A macro and an owner for each frequent reason"), _("all"), UNMEASURED)


def _channels_that(capability: str) -> tuple[int, ...]:
    able = {kind for kind, adapter in adapters().items() if getattr(adapter.kind.capabilities, capability, False)}
    return tuple(Channel.objects.filter(kind__in=able).values_list("pk", flat=True))


def _share(question: str, wanted: float, part: int, n: int, href: str) -> Check:
    if n < FEWEST:
        return Check(question, f"≥ {wanted:.0%}", UNMEASURED, n=n, href=href)
    state = PASS if part / n >= wanted else WARN if part / n >= wanted - 0.05 else FAIL
    return Check(question, f"≥ {wanted:.0%}", state, percentage(part, n), n, href)


def _kept(context: Context, question: str, channels: tuple[int, ...], wanted: float, promise: str) -> Check:
    if not channels:
        return Check(question, f"≥ {wanted:.0%}", UNMEASURED)
    scope = replace(context.scope, channels=channels, narrowed=(("promise", promise),))
    found = JUDGED.cases(scope).aggregate(n=Count("pk"), kept=Count("pk", filter=Q(outcome="met")))
    return _share(
        question, wanted, found["kept"], found["n"], context.link(JUDGED, channel=list(channels), promise=promise)
    )


def _dropped(context: Context) -> Check:
    n = WAITING.cases(context.scope).filter(began__lte=timezone.now() - DROPPED_AFTER).count()
    href = context.link(WAITING, older=int(DROPPED_AFTER.total_seconds() // 3600))
    return Check(_("Nobody waits for more than two days"), "0", FAIL if n else PASS, f"{n:,}", n, href)


def _backlog(context: Context) -> Check:
    came, went = OPENED.cases(context.scope).count(), RESOLUTION.cases(context.scope).count()
    question = _("The backlog does not grow")
    if came < FEWEST:
        return Check(question, "≤ 0", UNMEASURED, n=came)
    state = PASS if came <= went else WARN if came <= went * 1.05 else FAIL
    return Check(question, "≤ 0", state, f"{came - went:+,}".replace("-", "−"), came, context.link(OPENED))


def _reopened(context: Context) -> Check:
    again, n = REOPENED.cases(context.scope).count(), RESOLUTION.cases(context.scope).count()
    question = _("Few are reopened and answered again")
    if n < FEWEST:
        return Check(question, "≤ 10%", UNMEASURED, n=n)
    state = PASS if again / n <= 0.1 else WARN if again / n <= 0.12 else FAIL
    return Check(question, "≤ 10%", state, percentage(again, n), n, context.link(REOPENED))


def _staffed(context: Context) -> Check:
    social = _channels_that("has_followers")
    question = _("Office hours cover when customers write on social networks")
    if not social:
        return Check(question, "≥ 80%", UNMEASURED)
    moments = OPENED.cases(replace(context.scope, channels=social)).values_list("opened_at", flat=True)[:20_000]
    inside, n = open_hours(moments)
    return _share(question, 0.8, inside, n, context.link(OPENED, channel=list(social)))


PAGE = Page("readiness", gettext_lazy("Readiness"), make)
