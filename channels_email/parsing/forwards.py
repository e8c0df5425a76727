"""Who wrote the mail that somebody forwarded, to whom, and what."""

import re
from dataclasses import dataclass, field

from channels_email.parsing import blocks
from channels_email.parsing.blocks import QUOTED, Block, find_block
from channels_email.parsing.headers import Address
from channels_email.parsing.languages import FORWARD_PREFIXES, REPLY_PREFIXES, WROTE

_FORWARD_PREFIX = re.compile(rf"\s*(?:\[[^\]]{{0,80}}\]\s*)?(?:{FORWARD_PREFIXES})\s?[:：]\s*", re.I)
_REPLY_PREFIX = re.compile(rf"\s*(?:\[[^\]]{{0,80}}\]\s*)?(?:{REPLY_PREFIXES})(?:\[\d+\])?\s?[:：]", re.I)
_UNKNOWN_PREFIX = re.compile(r"\s*[^\W\d_]{1,4}\s?[:：]", re.I)
_MAILTO = re.compile(r"[<\[(]mailto:([^<>\[\]()]{1,254})[>\])]")
_ON_BEHALF = re.compile(
    r"\s(?:on behalf of|im Auftrag von|de la part de|en nombre de|em nome de|per conto di|namens|för|på vegne af)\s.*$",
    re.I,
)
_MAILBOX = re.compile(
    r"(?:\"([^\"]*)\"[ \t]{0,5}|([^<>,;\"]*))<\s*([^<>\s@]{1,64}@[^<>\s]+)\s*>|([^\s<>,;\"'()@]{1,64}@[^\s<>,;\"'()]+)"
)
_RULE = re.compile(r"\s*_{20,}\s*$")
_ADDRESS = re.compile(r"[<\[(]\s*([^\s<>()\[\]@]+@[^\s<>()\[\]]+)\s*[>\])]")
_QUOTED_NAME = re.compile(r"[\"„«“]\s*([^\"„«“”»]{1,120}?)\s*[\"”»]\s*$")
# "28/10/2021 12:46 időpontban John Doe", "Dnia 28/10/2021 użytkownik John Doe"
_PLAIN_NAME = re.compile(
    r"(?:.*\d)?[\s,]*(?:(?:időpontban|użytkownik|пользователь|користувач|používateľ|uživatel|heeft)\s)?(.*?)[\s,(]*$"
)
_WROTE = re.compile(rf"(?<!\w)(?:{WROTE})(?!\w)", re.I)


@dataclass(frozen=True)
class Forwarded:
    """The original mail; `note` is what the forwarder wrote above it."""

    sender: Address
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    subject: str = ""
    date: str = ""
    body: str = ""
    note: str = ""


def has_forward_prefix(subject: str) -> bool:
    return bool(_FORWARD_PREFIX.match(subject))


def find_forwarded(text: str, subject: str = "") -> Forwarded | None:
    """The forwarded mail in a text, or None. `subject` is the subject of the mail that carries it."""
    lines = blocks.prepare(text)
    by_subject = has_forward_prefix(subject)
    if not by_subject and _REPLY_PREFIX.match(subject):
        return None
    # Outlook puts its rule above answers too: then the subject says which it is.
    open_question = not subject.strip() or bool(_UNKNOWN_PREFIX.match(subject))
    for at, line in enumerate(lines):
        found = _marked(lines, at) or ((by_subject or open_question) and _ruled(lines, at))
        if not found and by_subject:
            found = _headed(lines, at) or _attributed(lines, at)
        if found:
            return _original(found, lines, at, _FORWARD_PREFIX.sub("", subject) if by_subject else "")
        if not by_subject and line.endswith((":", "：")) and not QUOTED.match(line) and _WROTE.search(line[-200:]):
            # From here on it is a quotation in an answer; what was forwarded inside it is an older story.
            return None
    return None


def _marked(lines: list[str], at: int) -> Block | None:
    if not blocks.is_forward_mark(lines[at]):
        return None
    rest = blocks.after_forward_mark(lines[at])
    if rest:
        glued = blocks.unglue(rest)
        block = find_block(glued, 0, within=1)
        return Block(at, at + 1, block.fields, block.labels) if block else None
    return find_block(lines, at + 1, within=2)


def _ruled(lines: list[str], at: int) -> Block | None:
    if _RULE.match(lines[at]) or blocks.is_original_mark(lines[at]):
        return find_block(lines, at + 1, within=1)
    return None


def _headed(lines: list[str], at: int) -> Block | None:
    block = find_block(lines, at, within=1)
    return block if block and "from" in block.fields and len(block.fields) > 2 else None


def _attributed(lines: list[str], at: int) -> Block | None:
    """Outlook for Mac of 2019 forwards below "On DATE, "NAME" <ADDRESS> wrote:"."""
    line = lines[at][:500]
    if not line.endswith(":") or not _WROTE.search(line):
        return None
    match = _ADDRESS.search(line)
    if not match:
        return None
    before = line[: match.start()]
    name = _QUOTED_NAME.search(before) or _PLAIN_NAME.match(_WROTE.sub("", before))
    day = re.search(r"\d[^\"„«“<()]*\d", before) or re.search(r"\d.*\d", line[match.end() :])
    return Block(at, at + 1, {"from": f"{name[1] if name else ''} <{match[1]}>", "date": day[0] if day else ""})


def _original(block: Block, lines: list[str], at: int, subject: str) -> Forwarded | None:
    senders = mailboxes(_ON_BEHALF.sub("", _without_mailto(block.fields.get("from", ""))))
    if not senders:
        name = block.fields.get("from", "").strip(" \"'")
        senders = [Address(name, "")] if name else []
    if not senders:
        return None
    return Forwarded(
        sender=senders[0],
        to=[box for box in mailboxes(block.fields.get("to", "")) if box.address],
        cc=[box for box in mailboxes(block.fields.get("cc", "")) if box.address],
        subject=subject or block.fields.get("subject", ""),
        date=block.fields.get("date", ""),
        body="\n".join(_unquoted(lines[block.end :])).strip(),
        note="\n".join(lines[:at]).strip(),
    )


def _unquoted(lines: list[str]) -> list[str]:
    """The original text without the quote marks that some programs set before it."""
    first = next((line for line in lines if line.strip()), "")
    if not QUOTED.match(first):
        return lines
    return [re.sub(r"^\s{0,3}> ?", "", line) for line in lines]


def _without_mailto(value: str) -> str:
    """Outlook prints "Jo<mailto:jo@acme.example>" and "Jo [mailto:jo@acme.example]"."""

    def unwrap(match: re.Match[str]) -> str:
        before = value[: match.start()]
        already = match[1].lower() in before.lower()
        return "" if already or "<" in value[match.end() :] else f" <{match[1]}>"

    return _MAILTO.sub(unwrap, value)


def mailboxes(value: str) -> list[Address]:
    """The people of a printed address list, separated by commas or semicolons."""
    found = []
    for quoted, plain, bracketed, bare in _MAILBOX.findall(_without_mailto(value)):
        address = bracketed or bare
        name = (quoted or plain).strip().strip("\"'").strip()
        found.append(Address("" if name.lower() == address.lower() else name, address.strip("'")))
    return found
