"""How a mail finds the ticket that it answers when it names no known Message-ID. Pure.

The signed reply address: `help+<token>@brand.example` stands in Reply-To of an answer; the token is the UUID of that
answer's Message-ID with a signature, so that nobody makes one up.
"""

import re
from base64 import b32decode, b32encode
from binascii import Error
from dataclasses import replace
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from channels_email.parsing.headers import Address
from channels_email.parsing.languages import REPLY_PREFIXES
from tickets.channels.contract import Account

_PREFIXES = re.compile(rf"\s*(?:(?:{REPLY_PREFIXES})(?:\[\d+\])?\s?[:：]\s*)+", re.I)
_UUID_LETTERS, _SIGNATURE_LETTERS = 26, 13
# RFC 5321: what stands before the @.
_LONGEST_LOCAL = 64


def is_signed(account: Account) -> bool:
    return account.options.get("reply_address") == "signed"


def reply_address(account: Account, message_id: str) -> str:
    """Where answers to this message of ours should go; the mailbox itself where its name leaves no room."""
    local, _, domain = account.address.rpartition("@")
    try:
        uuid = UUID(message_id.strip("<>").partition("@")[0])
    except ValueError:
        return account.address
    name = b32encode(uuid.bytes).decode().rstrip("=").lower()
    signed = f"{local}+{name}{_signature(account, name)}"
    return f"{signed}@{domain}" if len(signed) <= _LONGEST_LOCAL else account.address


def answered_by_address(account: Account, address: str) -> str:
    """The Message-ID of ours that a signed address names; empty for every other address."""
    local, _, domain = account.address.lower().rpartition("@")
    theirs, _, their_domain = address.lower().rpartition("@")
    token = theirs.removeprefix(f"{local}+")
    if their_domain != domain or token == theirs or len(token) != _UUID_LETTERS + _SIGNATURE_LETTERS:
        return ""
    name, signature = token[:_UUID_LETTERS], token[_UUID_LETTERS:]
    if not constant_time_compare(signature, _signature(account, name)):
        return ""
    try:
        return f"<{UUID(bytes=b32decode(name.upper() + '======'))}@{account.address.rpartition('@')[2]}>"
    except (Error, ValueError):
        return ""


def as_mailbox(account: Account, person: Address) -> Address:
    """A signed address of ours is the mailbox."""
    return replace(person, address=account.address) if answered_by_address(account, person.address) else person


def answered_subject(subject: str) -> str:
    """The subject that a reply repeats, in lower case; empty where it does not say that it is a reply."""
    prefix = _PREFIXES.match(subject)
    return " ".join(subject[prefix.end() :].lower().split()) if prefix else ""


def _signature(account: Account, name: str) -> str:
    said = salted_hmac("channels_email.reply_address", f"{account.address.lower()}:{name}", algorithm="sha256")
    return b32encode(said.digest()).decode().lower()[:_SIGNATURE_LETTERS]
