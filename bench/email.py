"""Reading mail: how right on the corpora, and how fast against the standard library's parser on the same messages.

EMAIL_CORPORA names another folder than the small one of the tests.
"""

import email
import os
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, seconds
from channels_email.parsing import parse
from tests import mail_corpora
from tests.mail_corpora import Judged

# Mail of people, not of programs: what the bulk of a mailbox is.
ORDINARY = ("replies", "mime")
ROUNDS = 5


def main() -> Iterator[Row | str]:
    corpus = Path(os.environ.get("EMAIL_CORPORA", mail_corpora.OWN))
    for name in ("replies", "forwards", "bounces", "verdicts", "mime"):
        yield _score(name, getattr(mail_corpora, name)(corpus))
    messages = [raw for name in ORDINARY for _, raw in mail_corpora.cases(corpus, name) if len(raw) < 100_000]
    ours = seconds(lambda: [parse(raw) for raw in messages * ROUNDS])
    floor = seconds(lambda: list(map(_walk, messages * ROUNDS)))
    count = len(messages) * ROUNDS
    yield Row("mail: ordinary messages read", count / ours, count / floor, "mails/s", "standard library, walk only")


def _score(name: str, judged: list[Judged]) -> str:
    right = sum(one.right for one in judged)
    lines = [f"{f'mail: {name} right':<44} {100 * right / len(judged):9.1f} %        {right} of {len(judged)}"]
    return "\n".join([*lines, *(f"    {one.id}: {one.wrong[:160]}" for one in judged if one.wrong)])


def _walk(raw: bytes) -> None:
    for part in email.message_from_bytes(raw).walk():
        part.get_payload(decode=True)
