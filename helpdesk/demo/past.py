"""Four weeks that are over, so that the measures have something to say: made up anew for every start, by one seed.

They come in as any history would, by `import_history` (docs/history-import.md): answered, solved and measured.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from metrics.history.importer import Import
from tickets.models import Ticket

WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "past.json").read_text(encoding="utf-8"))
PREFIX = "demo-"
DAYS = 28
A_DAY = (18, 17, 18, 17, 19, 9, 10)  # tickets, Monday first
STRIKE = 12  # days ago: the day on which everybody wrote
RUSH = (8, 9, 9, 10, 11, 12, 14, 16, 17, 17, 18, 18, 19, 20, 21, 22, 23, 2, 6, 7)  # hours of the day, UTC
# What is newer is told by the sandbox.
UNTOLD = timedelta(hours=5)
CLOSES_AFTER = timedelta(hours=96)
Story = dict[str, Any]


@dataclass(frozen=True)
class Where:
    """The brand's channels by address, and who answers there."""

    network: str
    mailbox: str
    line: str
    agents: list[str]


@transaction.atomic  # whole or not at all: a start that was broken off tells it again
def tell(where: Where) -> None:
    """Bring the weeks in, once. Raises RuntimeError when a line is refused: then this file is wrong."""
    if Ticket.objects.filter(external_id__startswith=PREFIX).exists():
        return
    now = timezone.now()
    report = Import().run(json.dumps(story) for story in stories(where, now))
    if report.refused:
        raise RuntimeError(f"the demo's past does not fit the import: {report.refused[0]}")


def stories(where: Where, now: datetime) -> Iterator[Story]:
    """Lines of history: tickets that began in the last weeks and are solved by now."""
    dice = Random(4711)  # noqa: S311 - made-up stories, no secret
    for days_ago in range(DAYS, -1, -1):
        midnight = (now - timedelta(days=days_ago)).replace(hour=0, minute=0, second=0, microsecond=0)
        for n in range(A_DAY[midnight.weekday()] * (2 if days_ago == STRIKE else 1)):
            begun = midnight + timedelta(hours=dice.choice(RUSH), seconds=dice.randrange(3600))
            name = f"{PREFIX}{midnight:%Y%m%d}-{n}"
            story = Teller(dice, where, name, begun, slow=3 if days_ago == STRIKE else 1 + days_ago / DAYS).tell()
            if datetime.fromisoformat(story["events"][-1]["at"]) < now - UNTOLD:
                yield _closed(story, now)


def _closed(story: Story, now: datetime) -> Story:
    """What nobody wrote to for days was closed by the automatic round."""
    at = datetime.fromisoformat(story["events"][-1]["at"]) + CLOSES_AFTER
    if at < now:
        story["events"].append({"at": at.isoformat(), "type": "status", "to": "closed", "by": "automation"})
    return story


@dataclass
class Teller:
    """One ticket from its first message to its end. `slow` stretches the team's times."""

    dice: Random
    where: Where
    name: str
    at: datetime
    slow: float
    events: list[dict[str, Any]] = field(default_factory=list)

    def tell(self) -> Story:
        dice = self.dice
        self.topic = dice.choices(WORDS["topics"], [topic["weight"] for topic in WORDS["topics"]])[0]
        self.agent = dice.choice(self.where.agents)
        self.filled = {
            "flight": f"NW {dice.randrange(101, 780)}",
            "city": dice.choice(WORDS["cities"]),
            "ref": "".join(dice.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=6)),
        }
        first, last = dice.choice(WORDS["first_names"]), dice.choice(WORDS["last_names"])
        shape = dice.choices([self._post, self._moved, self._direct, self._mail, self._call], [34, 10, 14, 26, 16])[0]
        channel, customer = shape(first, last)
        return {
            "type": "ticket",
            "external_id": self.name,
            "channel": channel,
            "subject": self._say(self.topic["subject"]),
            "priority": dice.choices(["normal", "high", "urgent", "low"], [78, 14, 5, 3])[0],
            "customer": customer,
            "tags": [self.topic["tag"]],
            "events": self.events,
        }

    # ---- the shapes of a story ----

    def _post(self, first: str, last: str) -> tuple[str, dict[str, str]]:
        self._asks("public", "@northwindair " + self.topic["ask"])
        self._assigned()
        self._answers("public", self.topic["answer"], minutes=21)
        self._goes_on("public", minutes=16)
        return self.where.network, _on_network(first, last)

    def _moved(self, first: str, last: str) -> tuple[str, dict[str, str]]:
        self._asks("public", "@northwindair " + self.topic["ask"])
        self._assigned()
        self._answers("public", self.dice.choice(WORDS["move_to_private"]), minutes=18)
        self._waits(25)
        self._asks("private", self.dice.choice(WORDS["reference_given"]))
        self._answers("private", self.topic["answer"], minutes=12)
        self._goes_on("private", minutes=10)
        return self.where.network, _on_network(first, last)

    def _direct(self, first: str, last: str) -> tuple[str, dict[str, str]]:
        self._asks("private", self.topic["ask"])
        self._assigned()
        self._answers("private", self.topic["answer"], minutes=14)
        self._goes_on("private", minutes=11)
        return self.where.network, _on_network(first, last)

    def _mail(self, first: str, last: str) -> tuple[str, dict[str, str]]:
        self._asks(
            "private", f"Hello,\n\n{self.topic['ask']}\n\n{self.dice.choice(WORDS['signatures'])}\n{first} {last}"
        )
        self._assigned()
        self._answers("private", f"Dear {first},\n\n{self.topic['answer']}\n\nNorthwind Air", minutes=130)
        self._goes_on("private", minutes=95)
        address = f"{_plain(first)}.{_plain(last)}@mail.example"
        return self.where.mailbox, {"external_id": address, "name": f"{first} {last}", "email": address}

    def _call(self, first: str, last: str) -> tuple[str, dict[str, str]]:
        dice = self.dice
        taken = dice.random() < 0.82
        self._add("call_ring")
        self.at += timedelta(seconds=dice.randrange(6, 45) * self.slow)
        if not taken:
            self._add("call_missed")
            self._reopens_at_desk()
            self._waits(22 * self.slow)
            self._add("call_ring", direction="outbound", agent=self.agent)
            self.at += timedelta(seconds=dice.randrange(6, 25))
        self._add("call_answered", agent=self.agent)
        talk, wrap = dice.randrange(70, 760), dice.randrange(15, 150)
        self.at += timedelta(seconds=talk)
        self._add("call_ended", agent=self.agent, talk_s=talk, wrap_s=wrap)
        self._add("note", agent=self.agent, text=f"Asked: {self._say(self.topic['ask'])} Told: {self.topic['answer']}")
        self.at += timedelta(seconds=wrap)
        self._solved()
        number = f"+4420794{dice.randrange(60_200, 60_900)}"
        return self.where.line, {"external_id": number, "name": f"{first} {last}", "handle": number}

    # ---- their steps ----

    def _goes_on(self, visibility: str, *, minutes: float) -> None:
        """Another question, or not; solved; and now and then the customer comes back."""
        dice = self.dice
        if dice.random() < 0.42:
            self._waits(35)
            self._asks(visibility, self.topic["follow_up"])
            self._answers(visibility, self.topic["follow_up_answer"], minutes=minutes)
        self._solved()
        fate = dice.random()
        if fate < 0.09:
            self._waits(60 * 9)
            self._asks(visibility, dice.choice(WORDS["still_open"]))
            self._add("status", to="open", by="system")
            self._answers(visibility, dice.choice(WORDS["sorted_now"]), minutes=minutes)
            self._solved()
        elif fate < 0.24:
            self._waits(18)
            self._asks(visibility, dice.choice(WORDS["thanks"]))
            self._add("no_reply_needed", agent=self.agent, scope="message")

    def _asks(self, visibility: str, text: str) -> None:
        self._add("message_in", visibility=visibility, text=self._say(text))

    def _answers(self, visibility: str, text: str, *, minutes: float) -> None:
        self._reopens_at_desk()
        self._waits(minutes * self.slow)
        work = timedelta(seconds=self.dice.randrange(40, 420))
        self._add("work", agent=self.agent, until=(self.at + work).isoformat())
        self.at += work
        who = {"by": "native_app"} if self.dice.random() < 0.03 else {"agent": self.agent}
        self._add("message_out", visibility=visibility, text=self._say(text), **who)

    def _assigned(self) -> None:
        self.at += timedelta(seconds=20)
        self._add("assign", agent=self.agent)

    def _solved(self) -> None:
        self.at += timedelta(seconds=5)
        self._add("status", to="solved", agent=self.agent)

    def _waits(self, minutes: float) -> None:
        """About that long: half of it or twice as long is nothing unusual."""
        self.at += timedelta(minutes=minutes * self.dice.lognormvariate(-0.1, 0.75))

    def _reopens_at_desk(self) -> None:
        """At night nobody answers; the morning begins at half past six."""
        if self.at.hour >= 22 or self.at.hour < 6:
            morning = self.at.replace(hour=6, minute=30) + timedelta(seconds=self.dice.randrange(3600))
            self.at = morning if morning > self.at else morning + timedelta(days=1)

    def _add(self, kind: str, **fields: Any) -> None:
        self.events.append({"at": self.at.isoformat(), "type": kind, **fields})

    def _say(self, text: str) -> str:
        return text.format(**self.filled)


def _on_network(first: str, last: str) -> dict[str, str]:
    handle = f"{_plain(first)}_{_plain(last)}"
    return {"external_id": f"{PREFIX}{handle}", "name": f"{first} {last}", "handle": f"@{handle}"}


def _plain(name: str) -> str:
    return name.lower()
