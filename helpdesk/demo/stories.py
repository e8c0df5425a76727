"""The week that the sandbox's customers tell: read from its data files, never imported from its code."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

DATA: Path = settings.BASE_DIR / "sandbox" / "data"


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text())
    return rows


def customers() -> dict[str, dict[str, Any]]:
    """Key -> name, email, phone, username."""
    return {row["key"]: row for row in _read("customers")}


def mails(brand_address: str, brand_name: str) -> list[bytes]:
    """Raw messages, oldest first, those that the brand wrote among them."""
    people = customers()
    stories = {row["key"]: row for row in _read("emails")}
    raw = []
    for row in sorted(stories.values(), key=lambda row: -row["minutes_ago"]):
        person = people[row["customer"]]
        customer, brand = (person["name"], person["email"]), (brand_name, brand_address)
        sender, receiver = (brand, customer) if row.get("from") == "brand" else (customer, brand)
        raw.append(_mail(row, sender, receiver))
    return raw


def _mail(row: dict[str, Any], sender: tuple[str, str], receiver: tuple[str, str]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = (f'"{name}" <{address}>' for name, address in (sender, receiver))
    mail["Subject"] = row["subject"]
    mail["Date"] = format_datetime(timezone.now() - timedelta(minutes=row["minutes_ago"]))
    mail["Message-ID"] = _message_id(row["key"])
    if parent := row.get("in_reply_to"):
        mail["In-Reply-To"] = mail["References"] = _message_id(parent)
    mail.set_content(row["body"])
    return mail.as_bytes()


def _message_id(key: str) -> str:
    return f"<{key}@mail.example>"


@dataclass(frozen=True)
class Call:
    """A telephone call of the week."""

    key: str
    number: str
    name: str
    direction: str
    outcome: str
    started: datetime
    seconds: int
    notes: str


def calls() -> list[Call]:
    people = customers()
    found = []
    for n, row in enumerate(_read("calls")):
        # Some callers are nobody that writes anywhere: they bring their own name and number.
        person = people[row["customer"]] if "customer" in row else {**row, "phone": row["number"]}
        started = timezone.now() - timedelta(hours=row["hours_ago"])
        found.append(
            Call(
                key=f"demo-{n}",
                number=person["phone"],
                name=person["name"],
                direction=row["direction"],
                outcome=row["outcome"],
                started=started,
                seconds=row["duration_s"],
                notes=row["notes"],
            )
        )
    return sorted(found, key=lambda call: call.started)
