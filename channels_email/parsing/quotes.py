"""The newly written part of a mail: without quoted mail, signature and legal footer. Linear in the text's length."""

import re

from channels_email.parsing.blocks import QUOTED, Block, find_block, is_forward_mark, is_original_mark, prepare
from channels_email.parsing.languages import DISCLAIMERS, OPENERS, SENT_FROM, WROTE

_WROTE_END = re.compile(rf"(?:{WROTE})[^\w<>]{{0,3}}[^<>\n]{{0,60}}?\s*[:：]\s*$|(?:{WROTE})\s*-{{2,}}\s*$", re.I)
_WROTE = re.compile(rf"(?<!\w)(?:{WROTE})(?!\w)", re.I)
_DATE = re.compile(
    r"\d{1,2}[:.h]\d{2}(?!\d)|(?<!\d)\d{1,4}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}|(?<!\d)(?:19|20)\d{2}(?!\d)"
    r"|\d{1,2}\.? ?[^\W\d]{3,12}\.? \d{2,4}"
)
_PERSON = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]")
_STARTS = re.compile(
    rf"\W{{0,4}}(?:(?:{OPENERS})\b|\d{{1,4}}[-./:h年]\s?\d|\d{{1,2}}\.? [^\W\d]{{3}}|[^\W\d]{{2,12}}\.?,? \d)", re.I
)
_OPENS = re.compile(rf"\W{{0,4}}(?:{OPENERS})\s.{{0,40}}\d", re.I)
# Gmail of some years wrote no verb and no colon.
_BARE_DATE = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} GMT[+-]\d{2}:\d{2} \S")
_DASHED_ON = re.compile(rf"-{{2,}}\s*(?:{OPENERS})\s.*-{{2,}}\s*$", re.I)
_RULE = re.compile(r"\s*(?:[_\-=*–—]\s?){5,}\s*$")
_SIGNATURE = re.compile(r"\s{0,3}(?:--|—|__|- -|––|-{2,3} ?|\*{2,3}|_{2,3})\s*$")
_DASH_NAME = re.compile(r"[-–~] ?[A-ZÀ-Ž][\w'.]*(?: [A-ZÀ-Ž][\w'.]*){0,3}\s*$")
_SENT_FROM = re.compile(rf"\W{{0,3}}(?:{SENT_FROM})", re.I)
_DISCLAIMER = re.compile(rf"\W{{0,4}}(?:{DISCLAIMERS})", re.I)
_LIST_FOOTER = re.compile(r"mailing list|mailman|unsubscribe|list-?info|@lists\.|@lijsten\.|groups\.google", re.I)
_MAX_ATTRIBUTION_LINES = 6
_MAX_ATTRIBUTION = 500


def visible_text(text: str) -> str:
    """What the author wrote anew. Empty when the mail holds nothing but quoted text."""
    lines = prepare(text)
    kept = _without_signature(_without_quotes(lines))
    return "\n".join(kept).strip()


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if QUOTED.match(line):
            at += 1
            continue
        end = _attribution(lines, at)
        if end:
            quoted = _next_is_quoted(lines, end)
            if not quoted and _has_text(kept):
                break
            at = end
            continue
        end = _embedded(lines, at)
        if end:
            if _has_text(kept):
                break
            at = end
            continue
        kept.append(line)
        at += 1
    return kept


def _has_text(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _next_is_quoted(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return bool(QUOTED.match(following))


def _embedded(lines: list[str], at: int) -> int:
    """Where the head of an embedded message that begins here ends; 0 when none begins here."""
    line = lines[at]
    if is_original_mark(line) or is_forward_mark(line):
        block = find_block(lines, at + 1, within=3)
        return block.end if block else at + 1
    if _DASHED_ON.match(line) or _BARE_DATE.match(line):
        return at + 1
    if _RULE.match(line):
        block = find_block(lines, at + 1, within=3)
        return block.end if block and _is_mail_head(block) else 0
    block = find_block(lines, at, within=1)
    return block.end if block and _is_mail_head(block) else 0


def _is_mail_head(block: Block) -> bool:
    return "from" in block.fields and bool({"date", "subject", "to"} & block.fields.keys())


def _attribution(lines: list[str], at: int) -> int:
    """The line after "On … wrote:" that begins at `at`, which mail programs wrap; 0 when there is none."""
    first = lines[at]
    if not first.strip() or len(first) > _MAX_ATTRIBUTION or not _could_begin(first):
        return 0
    joined = ""
    for end in range(at, min(at + _MAX_ATTRIBUTION_LINES, len(lines))):
        line = lines[end].strip()
        if end > at and ((QUOTED.match(line) and not line.endswith(":")) or (not line and not _OPENS.match(lines[at]))):
            return 0
        joined = f"{joined} {line.lstrip('> ')}".strip()
        if len(joined) > _MAX_ATTRIBUTION:
            return 0
        if line.endswith((":", "：", "--")) or _BARE_DATE.match(joined):
            if _is_attribution(joined, quoted=_next_is_quoted(lines, end + 1)):
                return end + 1
            if end == at and not _WROTE.search(line) and not _STARTS.match(line):
                return 0
        elif line.endswith((".", "!", "?", "。")) and not _OPENS.match(lines[at]):
            return 0
    return 0


def _could_begin(line: str) -> bool:
    return bool(_STARTS.match(line) or _PERSON.search(line) or _WROTE_END.search(line) or _DASHED_ON.match(line))


def _is_attribution(joined: str, quoted: bool) -> bool:
    verb = _WROTE_END.search(joined) or (_WROTE.search(joined) and joined.endswith((":", "：")))
    dated, person = bool(_DATE.search(joined)), bool(_PERSON.search(joined))
    if verb:
        return quoted or (dated and (person or bool(_STARTS.match(joined)))) or (person and bool(_OPENS.match(joined)))
    # "Wednesday, 17 November 2021, 3:32 PM from John <john@acme.example>:"
    return dated and person and bool(_STARTS.match(joined)) and joined.rstrip(":： ").endswith((">", ")", "]"))


def _without_signature(lines: list[str]) -> list[str]:
    kept = lines[:]
    for position, line in enumerate(kept):
        if _SIGNATURE.match(line) and _has_text(kept[:position]) and len(kept) - position <= 40:
            kept = kept[:position]
            break
    kept = _trim_tail(kept)
    for position in range(len(kept) - 1, max(len(kept) - 40, 0), -1):
        if _DISCLAIMER.match(kept[position]):
            kept = kept[:position]
    return _trim_tail(kept)


def _trim_tail(lines: list[str]) -> list[str]:
    """Drop blank lines, "Sent from my …", mailing-list footers and a dashed name from the end."""
    kept = lines[:]
    while kept:
        last = kept[-1]
        if not last.strip() or _is_sent_from(last) or _RULE.match(last) or _ends_with_name(kept):
            kept.pop()
            continue
        rule = next((at for at in range(len(kept) - 1, max(len(kept) - 8, 0), -1) if _RULE.match(kept[at])), 0)
        if not rule or not any(_LIST_FOOTER.search(line) for line in kept[rule + 1 :]):
            break
        del kept[rule:]
    return kept


def _is_sent_from(line: str) -> bool:
    words = line.strip()
    return (
        bool(_SENT_FROM.match(words)) and len(words) < 120 and "," not in words and not words.endswith((".", "!", "?"))
    )


def _ends_with_name(lines: list[str]) -> bool:
    return len(lines) > 2 and bool(_DASH_NAME.match(lines[-1])) and lines[-1][0] == "-" and not lines[-2].strip()
