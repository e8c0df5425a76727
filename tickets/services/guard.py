"""Personal data in a public answer: what looks like it, found before anybody else can read it.

Patterns, not proof: the agent may post anyway, and that is recorded. Links are not looked into, and our own addresses
and numbers are no secret.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models import Channel, Message
from tickets.services.events import changed, event, record


@dataclass(frozen=True)
class Finding:
    """`text` as it stands in the answer; `kind` one of `_RISKS`."""

    text: str
    kind: str

    @property
    def looks_like(self) -> str | Promise:
        return _RISKS[self.kind][0]

    @property
    def risk(self) -> str | Promise:
        return _RISKS[self.kind][1]


class Held(Exception):
    """A public answer that nobody has looked at again yet."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__("It seems to hold personal data.")
        self.found = found


_RISKS: dict[str, tuple[str | Promise, str | Promise]] = {
    "card": (_("looks like a card number."), _("Anyone could try to pay with it.")),
    "email": (_("looks like an email address."), _("Anyone could write to it.")),
    "phone": (_("looks like a telephone number."), _("Anyone could call it.")),
    "passport": (_("looks like a passport number."), _("Anyone could pretend to be its holder.")),
    "booking": (_("looks like a booking reference."), _("Anyone could open the booking with it and a surname.")),
}

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_CARD = re.compile(r"(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)")
# As people write it at home; with a country's code phonenumbers knows better.
_LOCAL_PHONE = re.compile(r"(?<![\w+])\(?0\d(?:[ ()./-]{0,2}\d){7,11}(?!\w)")
_PASSPORT = re.compile(r"(?<![\w#@])[A-Z]{1,2}\d{7,8}(?!\w)")
_NAMED_PASSPORT = re.compile(r"passport\D{0,20}?\b([A-Z]{0,2}\d{6,9})(?!\w)", re.IGNORECASE)
# Letters and digits; not two letters and four digits, which is a flight.
_BOOKING = re.compile(r"(?<![\w#@-])(?![A-Z]{2}\d{4}(?!\w))(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z\d]{6}(?![\w-])")
_NAMED_BOOKING = re.compile(
    r"(?i:booking|reference|ref|pnr|locator|confirmation)\W{1,3}(?:\w{1,9}\W{1,3})?([A-Z\d]{6})(?!\w)"
)


def find_personal_data(text: str, ours: Iterable[str] = ()) -> list[Finding]:
    """What looks like personal data, in the order of the text. `ours`: addresses and numbers that are no secret."""
    # The same length, so that places stay.
    text = _LINK.sub(lambda link: " " * len(link[0]), text)
    known = {_bare(address) for address in ours}
    found: list[tuple[int, int, str]] = []
    for start, end, kind in _candidates(text):
        apart = all(end <= other[0] or other[1] <= start for other in found)
        if apart and _bare(text[start:end]) not in known:
            found.append((start, end, kind))
    return [Finding(text[start:end], kind) for start, end, kind in sorted(found)]


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """What is surest first: a later one does not count where it overlaps an earlier one."""
    yield from ((*match.span(), "email") for match in _EMAIL.finditer(text))
    yield from ((*match.span(), "card") for match in _CARD.finditer(text) if _passes_luhn(match[0]))
    for phone in phonenumbers.PhoneNumberMatcher(text, None):
        yield phone.start, phone.end, "phone"
    yield from ((*match.span(1), "passport") for match in _NAMED_PASSPORT.finditer(text))
    yield from ((*match.span(), "phone") for match in _LOCAL_PHONE.finditer(text))
    yield from ((*match.span(), "passport") for match in _PASSPORT.finditer(text))
    yield from ((*match.span(), "booking") for match in _BOOKING.finditer(text))
    yield from ((*match.span(1), "booking") for match in _NAMED_BOOKING.finditer(text))


def _passes_luhn(written: str) -> bool:
    digits = [int(char) for char in reversed(written) if char.isdecimal()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _bare(address: str) -> str:
    return re.sub(r"[^\w@.+]", "", address).lower()


def check(text: str) -> list[Finding]:
    """Like `find_personal_data`, with the addresses of our own channels."""
    return find_personal_data(text, Channel.objects.values_list("address", flat=True))


def record_overruled(message: Message, by: User, found: Iterable[Finding]) -> None:
    """The agent posted it anyway: which kinds, never the words."""
    assert message.ticket is not None
    kinds = sorted({finding.kind for finding in found})
    record([event(message.ticket, "guard_overruled", by=by, message=message, found=kinds)])
    changed([message.ticket.pk])
