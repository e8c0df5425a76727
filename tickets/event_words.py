"""Events in plain words: what a line between two messages says.

The kinds and their data are those of docs/events.md. A kind of `SHOWN_ELSEWHERE` has no line of its own, because the
message, call or delivery that it is about shows it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Team, User
from tickets.models import Event, Rule, Tag, Ticket, TicketLink
from tickets.states import PRIORITIES

# What the clock of a promise is about.
CLOCKS = {
    "first_response": gettext_lazy("First reply"),
    "next_response": gettext_lazy("Next reply"),
    "resolution": gettext_lazy("Resolution"),
    "next_update": gettext_lazy("Promised update"),
}
SHOWN_ELSEWHERE = frozenset(
    {
        "message_in",
        "message_out",
        "message_deleted",
        "note_added",
        "reply_queued",
        "reply_withdrawn",
        "reply_sent",
        "reply_failed",
        "reply_unknown",
        "call_ring",
        "call_answered",
        "call_missed",
        "call_ended",
        # How long somebody looked at a ticket is for that person and their lead.
        "focused",
    }
)


@dataclass(frozen=True)
class Words:
    """`text` names the change, `ticket` another ticket that it is about, `tone` is "", ok or due."""

    icon: str
    text: str
    tone: str = ""
    ticket: int | None = None


@dataclass(frozen=True)
class Names:
    """The names behind the ids of some events; gone things have none."""

    users: dict[int, str] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    rules: dict[int, str] = field(default_factory=dict)


def names_for(events: Iterable[Event]) -> Names:
    """Four statements at most, however many events."""
    wanted: dict[str, set[int]] = {"assigned": set(), "team_changed": set(), "tagged": set(), "rule_ran": set()}
    for event in events:
        if event.kind in ("assigned", "team_changed") and event.data.get("to"):
            wanted[event.kind].add(event.data["to"])
        elif event.kind in ("tagged", "untagged"):
            wanted["tagged"].update(event.data.get("tags", []))
        elif event.kind == "rule_ran":
            wanted["rule_ran"].add(event.data["rule"])
    return Names(
        users=_names(User, wanted["assigned"]),
        teams=_names(Team, wanted["team_changed"]),
        tags=_names(Tag, wanted["tagged"]),
        rules=_names(Rule, wanted["rule_ran"]),
    )


def _names(model: type[User] | type[Team] | type[Tag] | type[Rule], ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "name"))


def words_for(event: Event, names: Names) -> Words | None:
    """What the line says; None where the event is shown elsewhere or a newer version wrote a kind unknown here."""
    if event.kind in SHOWN_ELSEWHERE or event.kind not in _WORDS:
        return None
    return _WORDS[event.kind](event, names)


def by_whom(event: Event) -> str:
    """Who did it, as a name or a plain word; empty for the system itself."""
    if event.actor:
        return event.actor.name
    words: dict[str, str] = {"agent": _("an agent"), "automation": _("a rule"), "bot": _("a bot")}
    return words.get(event.actor_kind, "")


def _opened(event: Event, names: Names) -> Words:
    text = {
        "follow_up": _("Opened as a follow-up"),
        "agent": _("Opened by hand"),
        "call": _("Opened from a call"),
        "import": _("Imported"),
        "split": _("Split off from another ticket"),
    }.get(event.data.get("reason", ""), _("Ticket opened"))
    return Words("ticket", text)


def _status(event: Event, names: Names) -> Words:
    old, new = (_label(event.data.get(end, ""), Ticket.Status) for end in ("from", "to"))
    reason = event.data.get("reason")
    tone = "ok" if event.data.get("to") == Ticket.Status.SOLVED else ""
    if reason == "reopened":
        return Words("arrow-back-up", _("Reopened: the customer wrote again"))
    if reason == "reply_failed":
        return Words("arrow-back-up", _("Back to %(new)s: the reply was not delivered") % {"new": new}, "due")
    if reason == "auto_close":
        return Words("circle-check", _("Closed: nothing more was heard"))
    if reason == "reply" and event.actor_kind == Event.Actor.CUSTOMER:
        return Words("circle-dot", _("Status %(old)s to %(new)s: the customer wrote") % {"old": old, "new": new}, tone)
    if reason == "reply":
        return Words("circle-dot", _("Status %(old)s to %(new)s with the reply") % {"old": old, "new": new}, tone)
    return Words("circle-dot", _("Status %(old)s to %(new)s") % {"old": old, "new": new}, tone)


def _assigned(event: Event, names: Names) -> Words:
    to = event.data.get("to")
    if to is None:
        return Words("user", _("Assigned to nobody"))
    if to == event.actor_id:
        return Words("user-check", _("Taken"))
    text = {
        "round_robin": _("Assigned to %(name)s, whose turn it was"),
        "load": _("Assigned to %(name)s, who had the fewest open tickets"),
    }.get(event.data.get("reason", ""), _("Assigned to %(name)s"))
    return Words("user-plus", text % {"name": names.users.get(to, _("somebody who left"))})


def _rule(event: Event, names: Names) -> Words:
    name = names.rules.get(event.data.get("rule", 0), _("that was removed"))
    if event.data.get("refused"):
        return Words("route", _("The rule %(name)s could not do what it should") % {"name": name}, "due")
    return Words("route", _("The rule %(name)s ran") % {"name": name})


def _team(event: Event, names: Names) -> Words:
    to = event.data.get("to")
    if to is None:
        return Words("users", _("Taken out of its team"))
    return Words("users", _("Handed to the team %(name)s") % {"name": names.teams.get(to, _("that was removed"))})


def _priority(event: Event, names: Names) -> Words:
    old, new = event.data.get("from", ""), event.data.get("to", "")
    icon = "arrow-up" if PRIORITIES.get(new, 0) > PRIORITIES.get(old, 0) else "arrow-down"
    labels = {name: str(Ticket.Priority(value).label) for name, value in PRIORITIES.items()}
    return Words(icon, _("Priority %(old)s to %(new)s") % {"old": labels.get(old, old), "new": labels.get(new, new)})


def _tags(text: str | Promise) -> Callable[[Event, Names], Words]:
    def words(event: Event, names: Names) -> Words:
        tags = [names.tags.get(pk, _("a removed tag")) for pk in event.data.get("tags", [])]
        return Words("tag", str(text) % {"tags": ", ".join(tags)})

    return words


def _work(event: Event, names: Names) -> Words:
    until = event.data.get("until", "")
    minutes = round((datetime.fromisoformat(until) - event.occurred_at).total_seconds() / 60) if until else 0
    return Words("clock", ngettext("%(n)s minute of work", "%(n)s minutes of work", minutes) % {"n": minutes})


def _promised(event: Event, names: Names) -> Words:
    if not event.data.get("due"):
        return Words("calendar-time", _("Promise of an update taken back"))
    due = localtime(datetime.fromisoformat(event.data["due"]))
    return Words("calendar-time", _("Promised an update by %(due)s") % {"due": date_format(due, "j M, H:i")})


def _snoozed(event: Event, names: Names) -> Words:
    until = datetime.fromisoformat(event.data["until"]) if "until" in event.data else event.occurred_at
    return Words("calendar", _("Snoozed until %(when)s") % {"when": date_format(localtime(until), "j M, H:i")})


def _woken(event: Event, names: Names) -> Words:
    text = {
        "due": _("Back in the queue: its time has come"),
        "customer": _("Back in the queue: the customer wrote"),
    }.get(event.data.get("reason", ""), _("Back in the queue"))
    return Words("arrow-back-up", text)


def _edited(event: Event, names: Names) -> Words | None:
    if not event.data.get("after_answer"):
        return None
    return Words("history", _("The message was edited after our answer"), "due")


def _linked(event: Event, names: Names) -> Words:
    link = _label(event.data.get("link", ""), TicketLink.Kind)
    return Words("arrow-right", _("Linked: %(link)s") % {"link": link}, ticket=event.data.get("other"))


def _alarm(event: Event, names: Names) -> Words:
    metric = {
        "first_response": _("First reply"),
        "next_response": _("Next reply"),
        "resolution": _("Resolution"),
    }.get(event.data.get("metric", ""), "")
    if event.kind == "sla_at_risk":
        return Words("alarm", _("%(metric)s at risk") % {"metric": metric}, "due")
    if event.data.get("late_escalation"):
        return Words("alarm", _("%(metric)s overdue at once with the new target") % {"metric": metric}, "due")
    return Words("alarm", _("%(metric)s overdue") % {"metric": metric}, "due")


def _plain(icon: str, text: str | Promise, data_key: str = "") -> Callable[[Event, Names], Words]:
    return lambda event, names: Words(icon, str(text), ticket=event.data.get(data_key))


def _label(value: str, choices: type[Ticket.Status] | type[TicketLink.Kind]) -> str:
    return str(dict(choices.choices).get(value, value))


_WORDS: dict[str, Callable[[Event, Names], Words | None]] = {
    "ticket_opened": _opened,
    "status_changed": _status,
    "assigned": _assigned,
    "team_changed": _team,
    "priority_changed": _priority,
    "tagged": _tags(gettext_lazy("Tag %(tags)s added")),
    "untagged": _tags(gettext_lazy("Tag %(tags)s removed")),
    "no_reply_needed": _plain("circle-check", gettext_lazy("Marked as needing no reply")),
    "spam_marked": _plain("shield-exclamation", gettext_lazy("Marked as spam")),
    "author_blocked": _plain("shield-lock", gettext_lazy("Author blocked: what they write opens no ticket")),
    "answered_outside": _plain("external-link", gettext_lazy("Marked as answered outside the helpdesk")),
    "guard_overruled": _plain(
        "shield-exclamation", gettext_lazy("Posted publicly although it seems to hold personal data")
    ),
    "invited_to_private": _plain("message-circle-share", gettext_lazy("The customer was asked to write privately")),
    "snoozed": _snoozed,
    "update_promised": _promised,
    "woken": _woken,
    "message_edited": _edited,
    "work_logged": _work,
    "sla_at_risk": _alarm,
    "sla_breached": _alarm,
    "csat_answered": _plain("mood-smile", gettext_lazy("The customer said how it went")),
    "linked": _linked,
    "unlinked": _plain("link", gettext_lazy("No longer linked with"), "other"),
    "thread_moved": _plain("route", gettext_lazy("A thread was moved here from"), "from"),
    "rule_ran": _rule,
    "merged_in": _plain("arrow-merge", gettext_lazy("Merged in:"), "source"),
    "merged_into": _plain("arrow-merge", gettext_lazy("Merged into"), "target"),
    "unmerged": _plain("arrow-back-up", gettext_lazy("No longer merged into"), "target"),
    "unmerged_from": _plain("arrow-back-up", gettext_lazy("Taken apart again:"), "source"),
}

# Every kind of docs/events.md.
KINDS = tuple(sorted(SHOWN_ELSEWHERE | _WORDS.keys()))


def news(event: Event, ticket: Ticket) -> str:
    """What happened while an agent wrote, for the send guard: who, what, and in which ticket if in another one."""
    public = event.visibility == "public"
    if event.kind == "message_in":
        text = _("The customer wrote publicly") if public else _("The customer wrote privately")
    elif event.kind == "reply_queued":
        who = {"name": by_whom(event)}
        text = _("%(name)s replied publicly") % who if public else _("%(name)s replied privately") % who
    elif event.kind == "answered_outside":
        text = _("%(name)s marked it as answered outside the helpdesk") % {"name": by_whom(event)}
    else:
        text = _("It was answered outside the helpdesk")
    if event.ticket_id != ticket.pk:
        text = _("%(text)s in #%(number)s") % {"text": text, "number": event.ticket_id}
    return f"{text}, {naturaltime(event.occurred_at)}."
