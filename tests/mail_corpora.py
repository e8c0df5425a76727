"""How right the reading of real mail is: each case of a corpus is judged right or wrong, with what was wrong.

A corpus is a folder with `replies.jsonl`, `forwards.jsonl`, `bounces.jsonl`, `mime.jsonl` and the messages below
`files/`. `tests/data/email` is the small one that the tests carry.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels_email.parsing import ParsedMail, parse
from channels_email.parsing.forwards import find_forwarded
from channels_email.parsing.html import to_text
from channels_email.parsing.quotes import visible_text

OWN = Path(__file__).parent / "data" / "email"
Case = dict[str, Any]
_KINDS = {"bounce_soft": "soft_bounce", "feedback_loop": "feedback_report"}


@dataclass(frozen=True)
class Judged:
    id: str
    wrong: str

    @property
    def right(self) -> bool:
        return not self.wrong


def cases(corpus: Path, name: str) -> Iterator[tuple[Case, bytes]]:
    for line in (corpus / f"{name}.jsonl").read_text().splitlines():
        case = json.loads(line)
        yield case, (corpus / "files" / case["input_path"]).read_bytes()


def replies(corpus: Path = OWN) -> list[Judged]:
    """The newly written text, white space folded."""
    return [
        Judged(case["id"], _trimmed_wrong(case["expected"], *_trimmed(case, raw)))
        for case, raw in cases(corpus, "replies")
        if case["sig_policy"] != "kept"
    ]


def _trimmed(case: Case, raw: bytes) -> tuple[str, str]:
    if case["input_kind"] == "eml":
        mail = parse(raw)
        return mail.visible_text, mail.text
    text = raw.decode("utf-8", "replace")
    text = to_text(text) if case["input_kind"] == "html" else text
    return visible_text(text), text


def _trimmed_wrong(expected: Case, visible: str, text: str) -> str:
    folded = fold(visible)
    if "visible" in expected and folded != fold(expected["visible"]):
        return f"visible: {visible!r}"
    if not folded.startswith(fold(expected.get("visible_prefix", ""))):
        return f"begins with {visible[:80]!r}"
    if expected.get("nothing_hidden") and folded != fold(text):
        return f"hidden: only {visible!r} is left"
    missing = [part for part in expected.get("must_contain", []) if fold(part) not in folded]
    unwanted = [part for part in expected.get("must_not_contain", []) if fold(part) in folded]
    return f"missing {missing}, unwanted {unwanted}" if missing or unwanted else ""


def forwards(corpus: Path = OWN) -> list[Judged]:
    """Whether it is a forward, and of whom, to whom, about what."""
    judged = []
    for case, raw in cases(corpus, "forwards"):
        found = find_forwarded(raw.decode("utf-8", "replace"), case["subject_header"] or "")
        expected, got = case["expected"], {}
        if found:
            got = {
                "original_from": {"address": found.sender.address, "name": found.sender.name},
                "to": [person.address for person in found.to],
                "cc": [person.address for person in found.cc],
                "subject": found.subject,
                "body": fold(found.body),
                "note": fold(found.note),
            }
        wanted = {key: fold(value) if key in ("body", "note") else value for key, value in expected.items()}
        wrong = {key: got[key] for key in got if key in wanted and got[key] != wanted[key]}
        if bool(found) != expected["forwarded"]:
            wrong = {"forwarded": str(bool(found))}
        judged.append(Judged(case["id"], str(wrong) if wrong else ""))
    return judged


def bounces(corpus: Path = OWN) -> list[Judged]:
    """The kind of report."""
    return [
        Judged(case["id"], f"{mail.kind}, not {wanted}" if mail.kind != wanted else "")
        for case, mail, wanted in _reports(corpus)
    ]


def verdicts(corpus: Path = OWN) -> list[Judged]:
    """Per recipient: will the address never work?"""
    return [
        Judged(case["id"], f"{told} of {expected['reason']}" if told.hard != expected["hard"] else "")
        for case, mail, _ in _reports(corpus)
        for expected, told in zip(case["expected"].get("recipients", []), mail.recipients, strict=False)
    ]


def _reports(corpus: Path) -> Iterator[tuple[Case, ParsedMail, str]]:
    for case, raw in cases(corpus, "bounces"):
        kind = case["expected"]["kind"]
        if kind != "report":
            yield case, parse(raw), _KINDS.get(kind, kind)


def mime(corpus: Path = OWN) -> list[Judged]:
    """Subject, people, bodies and files, where the corpus says more than that nothing may crash."""
    judged = []
    for case, raw in cases(corpus, "mime"):
        expected, wrong = case["expected"], []
        if "files" not in expected:
            mail = parse(raw)
            wrong = _mail_wrong(expected, mail) if "text" in expected else []
        judged.append(Judged(case["id"], ", ".join(wrong)))
    return judged


def _mail_wrong(expected: Case, mail: ParsedMail) -> list[str]:
    wrong = []
    if mail.error or mail.subject != fold(expected["subject"]):
        wrong.append(f"subject {mail.subject!r} {mail.error or ''}")
    for name, people in (("from", mail.sender), ("to", mail.to)):
        wanted = [(one["address"], one["display"]) for one in expected[name]]
        if [(one.address, one.name or one.address) for one in people] != wanted:
            wrong.append(f"{name} {people}")
    text = expected["text"]
    if "equals" in text and mail.text.strip() != text["equals"].strip():
        wrong.append(f"text {mail.text!r}")
    if "of" in text and mail.text.count(text["of"]) != text["count"]:
        wrong.append(f"text {mail.text!r}")
    files = [(one["mime"], one["size"]) for one in expected["attachments"]]
    if [(file.content_type, file.size) for file in mail.files] != files:
        wrong.append(f"files {mail.files}")
    return wrong


def fold(text: str) -> str:
    return " ".join(text.split())
