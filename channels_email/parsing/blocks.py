"""Header blocks and separators inside a text: what stands above a quoted or forwarded message."""

import re
from dataclasses import dataclass, field

from channels_email.parsing import limits
from channels_email.parsing.languages import FORWARDED, LABELS, ORIGINAL

QUOTED = re.compile(r"\s{0,3}>")
_FIELD_OF = {label.replace("\\", "").lower(): name for name, labels in LABELS.items() for label in labels.split("|")}
_ALL_LABELS = "|".join(
    sorted((label for labels in LABELS.values() for label in labels.split("|")), key=len, reverse=True)
)
_LABEL = re.compile(rf"[\s>*_]{{0,12}}({_ALL_LABELS})[ \t`]{{0,2}}[:：][*_]{{0,2}}[ \t]*(.*)$", re.I)
# Yahoo puts the whole head on one line.
_GLUED = re.compile(rf"(?<=\S)[ ]?(?<![:\w] )({_ALL_LABELS})[ \t]?:[ \t]")
_MARK = r"[\s>*_]{0,8}[-_=*]{2,40}\s*(?:%s)\s*:?\s*[-_=*]{2,40}[*_]?\s*"
_FORWARD_MARK = re.compile(_MARK % FORWARDED + r"(.*)$", re.I)
_FORWARD_LINE = re.compile(rf"[\s>]{{0,8}}(?:{FORWARDED})\s?[:：]\s*$", re.I)
_ORIGINAL_MARK = re.compile(_MARK % ORIGINAL + r"$", re.I)
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\ufeff": None, "\u200b": None, "\u200e": None, "\u200f": None})
_MAX_FIELDS = 14


@dataclass
class Block:
    """Lines `start` to `end` hold `Label: value` lines; fields by their English name."""

    start: int
    end: int
    fields: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)


def prepare(text: str) -> list[str]:
    """Lines for searching: no byte order marks, plain spaces, limited in number and length."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BLANKS)
    return [line[: limits.MAX_LINE].rstrip() for line in plain.split("\n", limits.MAX_LINES)[: limits.MAX_LINES]]


def is_forward_mark(line: str) -> bool:
    return bool(_FORWARD_LINE.match(line)) or bool(_FORWARD_MARK.match(line)) if len(line) < limits.MAX_LINE else False


def is_original_mark(line: str) -> bool:
    return bool(_ORIGINAL_MARK.match(line))


def after_forward_mark(line: str) -> str:
    """What stands on the same line after the dashes (Yahoo: the whole header block)."""
    match = _FORWARD_MARK.match(line)
    return match[1].strip() if match else ""


def unglue(text: str) -> list[str]:
    """One line that holds a whole header block, as lines."""
    return _GLUED.sub(lambda match: f"\n{match[0].lstrip()}", text).split("\n")


def find_block(lines: list[str], at: int, within: int) -> Block | None:
    """The header block whose first line is one of the `within` non-empty lines from `at`."""
    seen = 0
    while at < len(lines) and seen < within:
        if lines[at].strip(" >\t"):
            block = _read_block(lines, at)
            if len(block.fields) >= 2:
                return block
            seen += 1
        elif within == 1:
            return None
        at += 1
    return None


def _read_block(lines: list[str], start: int) -> Block:
    block = Block(start, start)
    current = ""
    for at in range(start, min(start + 2 * _MAX_FIELDS, len(lines))):
        match = _LABEL.match(lines[at])
        if match:
            name = _FIELD_OF.get(match[1].lower(), "other")
            if name in block.fields and name != "other":
                break
            current = name
            block.fields[name] = match[2].strip()
            block.labels[name] = match[1].lower()
        elif current and lines[at].strip(" >\t") and _continues(block.fields[current], lines[at], current):
            block.fields[current] += " " + lines[at].strip(" >\t")
        elif current and at + 1 < len(lines) and _LABEL.match(lines[at + 1]):
            # A wrapped subject, or the blank lines that some programs put between the fields.
            block.fields[current] = f"{block.fields[current]} {lines[at].strip(' >')}".strip()
        else:
            break
        block.end = at + 1
    return block


def _continues(value: str, line: str, name: str) -> bool:
    """A wrapped line: address lists wrap after a comma, subjects anywhere but have an indent or more fields below."""
    if name in ("to", "cc", "from"):
        return value.endswith((",", ";", "<")) or line.strip(" >").startswith("<") or not value
    return not value
