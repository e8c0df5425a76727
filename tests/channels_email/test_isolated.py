"""Mail is read in a process of its own: the same answers, and nothing that kills it kills us."""

import os
import signal
from pathlib import Path

from channels_email.parsing import isolated, parse
from tests import mail_corpora


def test_the_same_answers_as_in_this_process():
    for name in ("mime", "bounces"):
        for _, raw in mail_corpora.cases(mail_corpora.OWN, name):
            assert isolated.parse(raw) == parse(raw)


def test_a_message_that_costs_too_much_is_given_up_and_the_next_is_read(monkeypatch):
    raw = b"From: jo@mail.example\nSubject: x\n\nHello"
    isolated.parse(raw)
    os.kill(isolated._reader._process.pid, signal.SIGSTOP)
    monkeypatch.setattr("channels_email.parsing.limits.MAX_SECONDS", 0)
    mail = isolated.parse(raw)
    assert "more time or memory" in (mail.error or "")
    assert (mail.sender[0].address, mail.subject) == ("jo@mail.example", "x")
    monkeypatch.undo()
    assert isolated.parse(raw).error is None


def test_a_killed_process_is_replaced():
    raw = b"From: jo@mail.example\n\nHello"
    isolated.parse(raw)
    isolated._reader._process.kill()
    isolated._reader._process.wait()
    assert isolated.parse(raw).text == "Hello"


def test_the_process_knows_no_secrets():
    isolated.parse(b"From: jo@mail.example\n\nHello")
    environ = Path(f"/proc/{isolated._reader._process.pid}/environ").read_text()
    names = {entry.partition("=")[0] for entry in environ.split("\0")}
    assert "SECRET_KEY" not in names
    assert "DATABASE_URL" not in names


def test_too_large_mail_is_not_even_handed_over():
    mail = isolated.parse(b"From: jo@mail.example\n\n" + b"x" * (46 * 1024 * 1024))
    assert mail.error == "The message is larger than 45 MB."
