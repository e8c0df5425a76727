"""Whose mail is not taken, and what the mail server in front of us calls spam. Pure."""

import re

from channels_email.parsing.headers import Headers
from tickets.channels.contract import Account

_BETWEEN = re.compile(r"[\s,;]+")
RULE = r"[A-Za-z0-9-]{1,76}\s*:\s*\S.{0,200}"


def is_named(address: str, listed: str) -> bool:
    """Is it, or its domain, in a list of addresses and domains with commas or white space between?"""
    names = {name.lower().lstrip("@") for name in _BETWEEN.split(listed) if name.strip("@")}
    address = address.lower()
    return address in names or address.rpartition("@")[2] in names


def is_blocked(address: str, account: Account) -> bool:
    return is_named(address, account.options.get("blocked", "")) and not _is_allowed(address, account)


def is_spam(headers: Headers, address: str, account: Account) -> bool:
    """`X-Spam-Flag: YES` means this very word, `X-Spam-Score: 5` a number of at least 5."""
    name, _, wanted = (part.strip() for part in account.options.get("spam_header", "").partition(":"))
    if not name or _is_allowed(address, account):
        return False
    said = headers.get(name.lower()).strip()
    least, score = _number(wanted), _number(said)
    if least is not None:
        return score is not None and score >= least
    return said.lower() == wanted.lower()


def _is_allowed(address: str, account: Account) -> bool:
    return is_named(address, account.options.get("allowed", ""))


def _number(text: str) -> float | None:
    found = re.match(r"[-+]?\d{1,6}(?:\.\d{1,6})?(?![\w.])", text)
    return float(found[0]) if found else None
