"""Reads a file of lines: sets things up, then stores ticket by ticket. A faulty line is refused, the others count."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

from accounts.models import Membership, Team, User
from metrics.history.lines import BadLine, read
from metrics.models import Calendar, SlaPolicy
from metrics.services.setup import add_calendar, add_policy
from tickets.channels.contract import Person
from tickets.channels.registry import kinds
from tickets.models import Channel, Ticket
from tickets.services.errors import Refused
from tickets.services.events import changed
from tickets.services.history import Past, PastTicket, channel_for, import_ticket, join

# Tickets measured together; what a broken-off import leaves is measured by the sweep.
TOLD_AT_ONCE = 200
NAMES = ("at", "type", "by", "agent", "visibility", "text", "external_id", "team")


@dataclass
class Report:
    """What became of the lines; `refused` holds a line's number, and why."""

    imported: int = 0
    skipped: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    number: int
    data: dict[str, Any]
    content: str


class Known:
    """What a ticket may name: complete once its first line is read, since all that sets up comes before."""

    def __init__(self) -> None:
        self.channels: dict[str, list[Channel]] = {}
        for channel in Channel.objects.all():
            self.channels.setdefault(channel.address, []).append(channel)
        self.agents = {user.email: user for user in User.objects.all()}
        self.teams = {team.name: team for team in Team.objects.all()}
        self.policies = dict(SlaPolicy.objects.values_list("name", "pk"))


class Import:
    def __init__(self) -> None:
        self.report = Report()
        self.tickets: dict[str, Line] = {}
        self.made: list[int] = []

    @cached_property
    def known(self) -> Known:
        return Known()

    def run(self, lines: Iterable[str]) -> Report:
        for number, text in enumerate(lines, 1):
            if text.strip():
                self._attempt(number, self._take, number, text)
        self._drop_dangling()
        stored = [line for line in self.tickets.values() if self._attempt(line.number, self._store, line)]
        for line in stored:
            self._attempt(line.number, self._join, line)
        for start in range(0, len(self.made), TOLD_AT_ONCE):
            changed(self.made[start : start + TOLD_AT_ONCE])
        return self.report

    def _attempt(self, number: int, act: Any, *arguments: Any) -> bool:
        try:
            act(*arguments)
        except (BadLine, Refused) as fault:
            self.report.refused.append({"line": number, "reason": str(fault)})
            return False
        return True

    def _take(self, number: int, text: str) -> None:
        """Set up at once; keep a ticket until all are known, since one may name another."""
        data = read(text)
        if data["type"] != "ticket":
            if self.tickets:
                raise BadLine(f"type: “{data['type']}” must come before the first ticket")
            getattr(self, f"_add_{data['type']}")(data)
            return
        name = data["external_id"]
        if name in self.tickets:
            raise BadLine(f"external_id: “{name}” is in this file twice, first in line {self.tickets[name].number}")
        self._resolve(data)
        self.tickets[name] = Line(number, data, _content_of(text))

    # ---- what comes first ----

    def _add_calendar(self, data: dict[str, Any]) -> None:
        add_calendar(data["name"], data["hours"])

    def _add_sla_policy(self, data: dict[str, Any]) -> None:
        name = data.get("calendar")
        calendars = Calendar.objects.filter(name=name) if name else Calendar.objects.filter(is_default=True)
        calendar = calendars.first()
        if calendar is None:
            raise BadLine(f"calendar: there is no calendar “{name}”")
        add_policy(data["name"], calendar, data["clock"], data["targets_minutes"])

    def _add_channel(self, data: dict[str, Any]) -> None:
        known = {kind.kind for kind in kinds()}
        if data["kind"] not in known:
            raise BadLine(f"kind: must be one of {', '.join(sorted(known))}")
        channel_for(data["kind"], data["address"], data.get("name") or data["address"])

    def _add_agent(self, data: dict[str, Any]) -> None:
        email = data["email"].lower()
        person = User.objects.filter(email=email).first()
        if person is None:
            person = User(email=email, name=data["name"], is_active=False)
            person.set_unusable_password()
            person.save()
        if data.get("team"):
            team, _ = Team.objects.get_or_create(name=data["team"])
            Membership.objects.get_or_create(team=team, user=person)

    # ---- tickets ----

    def _resolve(self, data: dict[str, Any]) -> None:
        """Names become what they name. Raises BadLine for one that names nothing."""
        channel = data["channel"] = self._channel(data["channel"])
        if name := data.get("sla_policy"):
            data["sla_policy"] = self.known.policies.get(name) or _unknown("sla_policy", "policy", name)
        for n, event in enumerate(data["events"]):
            self._resolve_event(event, f"events[{n}]", channel)

    def _channel(self, address: str) -> Channel:
        found = self.known.channels.get(address, [])
        if len(found) > 1:
            raise BadLine(f"channel: there is more than one channel “{address}”")
        return found[0] if found else _unknown("channel", "channel", address)

    def _resolve_event(self, event: dict[str, Any], where: str, channel: Channel) -> None:
        if name := event.get("agent"):
            agent = self.known.agents.get(name.lower())
            event["agent"] = agent or _unknown(f"{where}.agent", "agent", name, "; declare one before the first ticket")
        if name := event.get("team"):
            event["team"] = self.known.teams.get(name) or _unknown(f"{where}.team", "team", name)
        if event["type"] in ("message_in", "message_out"):
            event.setdefault("visibility", "public" if channel.spec.capabilities.can_reply_publicly else "private")
        elif event["type"].startswith("call_"):
            event["visibility"] = "private"

    def _drop_dangling(self) -> None:
        """A merge with a ticket that is neither here nor in the file; refusing one may leave another dangling."""
        dangling = True
        while dangling:
            dangling = False
            for name, line in list(self.tickets.items()):
                for _at, other, where in _merges(line):
                    if other not in self.tickets and not Ticket.objects.filter(external_id=other).exists():
                        reason = f"{where}: there is no ticket “{other}”"
                        self.report.refused.append({"line": line.number, "reason": reason})
                        del self.tickets[name]
                        dangling = True
                        break

    def _store(self, line: Line) -> None:
        data = line.data
        customer = data["customer"]
        made = import_ticket(
            PastTicket(
                external_id=data["external_id"],
                content=line.content,
                channel=data["channel"],
                customer=Person(
                    external_id=customer["external_id"],
                    name=customer["name"],
                    handle=customer["handle"] or customer["email"] or "",
                ),
                subject=data["subject"],
                priority=data["priority"],
                tags=tuple(dict.fromkeys(data["tags"])),
                sla_policy=data.get("sla_policy"),
                events=tuple(_past(event) for event in data["events"]),
            )
        )
        if made:
            self.made.append(made.number)
            self.report.imported += 1
        else:
            self.report.skipped += 1

    def _join(self, line: Line) -> None:
        mine = line.data["external_id"]
        for event in line.data["events"]:
            if event["type"] == "merge_in":
                join(event["source"], mine, event["at"], event.get("agent"))
            elif event["type"] == "merged_into":
                join(mine, event["target"], event["at"], event.get("agent"))


def _unknown(where: str, what: str, name: str, mend: str = "") -> NoReturn:
    raise BadLine(f"{where}: there is no {what} “{name}”{mend}")


def _merges(line: Line) -> Iterable[tuple[Any, str, str]]:
    for n, event in enumerate(line.data["events"]):
        if event["type"] == "merge_in":
            yield event["at"], event["source"], f"events[{n}].source"
        elif event["type"] == "merged_into":
            yield event["at"], event["target"], f"events[{n}].target"


def _past(event: dict[str, Any]) -> Past:
    values = {name: value for name, value in event.items() if name not in NAMES}
    if "until" in values:
        values["until"] = values["until"].isoformat()
    return Past(**{name: event[name] for name in NAMES if event.get(name) is not None}, values=values)


def _content_of(text: str) -> str:
    """The same for the same content, however its JSON is laid out."""
    return hashlib.sha256(json.dumps(json.loads(text), sort_keys=True).encode()).hexdigest()
