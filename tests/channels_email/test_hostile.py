"""Mail that wants to hurt: it costs little, never raises, and is parked where it goes too far."""

import base64
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_email.parsing import limits, parse

HEAD = b"From: jo@mail.example\nSubject: x\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
MULTIPART = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n"


def nested(depth: int) -> bytes:
    raw = HEAD + b"\nhello"
    for _ in range(depth):
        raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(raw)
    return HEAD + raw


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (HEAD + b"\n" + b"x" * limits.MAX_BYTES, "larger than 45 MB"),
        (MULTIPART + b"--x\n\nabc\n" * 20_000, "more than 1,000 parts"),
        (MULTIPART + b"--xy\n" * 20_000, "boundaries"),
        (b"Content-Type: message/rfc822\n\n" * 200 + HEAD, "nested more than 30"),
        (nested(40), "nested more than 30"),
        (b"a: b\n" * 2_000 + b"\nx", "more than 1,000 headers"),
        (b"Subject: a\n" + b" b\n" * 200_000, "headers are longer"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "raw",
)
def test_too_much_is_said(raw, words):
    assert words in (parse(raw).error or "")


def test_headers_are_read_even_when_the_rest_is_too_much():
    mail = parse(MULTIPART + b"--x\n\nabc\n" * 20_000)
    assert (mail.sender[0].address, mail.subject) == ("jo@mail.example", "x")


# Each of these took minutes, gigabytes or the whole process in one parser or another.
@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"\n" + b"\n" * 2_000_000,
        HEAD + b"\n" + b"> " * 1_000_000,
        HEAD + b"\n" + (b"-" * 1900 + b"\n") * 500,
        HEAD + b"\n" + (b"On a, " * 300 + b" <\n") * 500,
        HEAD + b"\n" + b"From: x\nTo: y\n" * 60_000,
        HTML + b"<div>" * 200_000,
        HTML + b"<div>" * 499 + b"x" * 100_000,
        HTML + b"".join(b"<p><font color=%d>x" % n for n in range(900)),
        HTML + b"<!--" * 200_000,
        HTML + b"&" * 900_000,
        HTML + b"<div " + b" ".join(b"a%d=x" % n for n in range(50_000)) + b">",
        HEAD + b"Content-Type: text/plain; " + b"".join(b"a*%d=x;" % n for n in range(3000)) + b"\n\nx",
        HEAD + b"To: " + b'"' * 30_000 + b"\nCc: " + b"<" * 30_000 + b"\n\nx",
        HEAD + b"Content-Type: application/ms-tnef\n\n" + b"\x78\x9f\x3e\x22\x01\x00" + b"\x02\x0f\x80\x06" * 50_000,
        HEAD + b"Content-Transfer-Encoding: base64\nContent-Type: image/png\n\n" + b"QQ=!=" * 300_000,
        random.Random(7).randbytes(200_000),
    ],
    ids=lambda raw: repr(raw[-12:]),
)
def test_expensive_mail_is_cheap(raw):
    mail = parse(raw)
    assert mail.error is None
    assert len(mail.html) <= 8 * limits.MAX_HTML


PIECES = [
    b"From: ",
    b"Subject: ",
    b"To: ",
    b"Content-Type: ",
    b"multipart/mixed; boundary=b",
    b"text/html",
    b"--b\n",
    b"--b--",
    b"message/rfc822",
    b"message/delivery-status",
    b"application/ms-tnef",
    b"Content-Transfer-Encoding: base64\n",
    b"quoted-printable",
    b"\n",
    b"\r\n",
    b"\n\n",
    b" ",
    b"=?utf-8?b?",
    b"?=",
    b"<",
    b">",
    b"@",
    b"On 1/1/2026 a@b.c wrote:\n",
    b"-----Original Message-----\n",
    b"---------- Forwarded message ---------\n",
    b"> ",
    b"\x00",
    b"\xff\xfe",
    b"charset=utf-7",
    b"Content-Disposition: attachment; filename*0=",
    b"References: ",
    b"Date: ",
    b"begin 644 x\n",
    b"Final-Recipient: ",
    b"Status: 5.1.1\n",
]
pieces = st.one_of(st.binary(max_size=60), st.sampled_from(PIECES))


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=40).map(b"".join))
def test_nothing_makes_it_raise(raw):
    mail = parse(raw)
    assert "cannot be read" not in (mail.error or "")
    mail.as_json()
    for file in mail.files:
        assert len(file.content(raw)) == file.size
