"""Files of answers: kept with the draft, checked against what the network takes, sent by the outbox, taken back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from helpdesk import uploads
from tests import factories as make
from tickets.models import Attachment, Delivery, Draft, Macro, Message
from tickets.services import deliver, drafts, files, properties

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n rest of it"
FETCH = {"X-Requested-With": "fetch"}


def a_file(name="bag.png", content=PNG):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def ticket(channel, settings, tmp_path):
    settings.UNDO_SECONDS, settings.MEDIA_ROOT = 0, tmp_path
    found = make.ticket(channel=channel)
    make.message(found, "Where is my bag?")
    return found


@pytest.fixture
def attach(ticket, agent, as_):
    def post(*chosen, by=agent, **headers):
        return as_(by).post(reverse("attach", args=[ticket.pk]), {"files": chosen, "way": "note"}, headers=headers)

    return post


@pytest.fixture
def send(ticket, agent, as_, channel):
    def post(way="public", **fields):
        way = way if way == "note" else f"{channel.pk}-{way}"
        seen = properties.newest_event_id(ticket)
        return as_(agent).post(reverse("reply", args=[ticket.pk]), {"way": way, "text": "Look", "seen": seen} | fields)

    return post


def test_a_chosen_file_waits_beside_the_draft_and_goes_out_with_the_answer(attach, send, ticket, agent, as_, network):
    assert attach(a_file()).status_code == 302
    kept = Attachment.objects.get()
    assert (kept.message, kept.filename, kept.content_type, kept.size) == (None, "bag.png", "image/png", len(PNG))
    assert "Remove bag.png" in as_(agent).get(ticket.get_absolute_url()).content.decode()
    assert send().status_code == 302
    kept.refresh_from_db()
    assert kept.message == Message.objects.get(direction="outbound") and not Draft.objects.exists()
    deliver.deliver(Delivery.objects.get().pk)
    (sent,) = network.sent
    assert [(one.filename, one.content_type, one.content) for one in sent.files] == [("bag.png", "image/png", PNG)]


def test_without_a_script_they_come_with_the_form_and_survive_a_refusal(send, ticket, agent, as_):
    assert send(files=[a_file()], text="x" * 999).status_code == 422
    assert [file.filename for file in files.written(ticket.pk, agent)] == ["bag.png"]
    assert send().status_code == 302
    assert Message.objects.get(direction="outbound").attachments.count() == 1


def test_choosing_a_macro_without_a_script_keeps_them(ticket, agent, as_):
    macro = Macro.objects.create(name="Hello", text="Hello.")
    page = as_(agent).post(reverse("use-macro", args=[ticket.pk]), {"macro": macro.pk, "files": [a_file()]})
    assert "Remove bag.png" in page.content.decode() and "Hello.</textarea>" in page.content.decode()


def test_a_note_takes_any_file(send, attach):
    attach(a_file("report.pdf", b"%PDF"), a_file("page.html", b"<script>"))
    assert send("note").status_code == 302
    kept = Message.objects.get(direction="note").attachments
    assert list(kept.values_list("content_type", flat=True)) == ["application/pdf", "text/html"]


@pytest.mark.parametrize(
    ("way", "chosen", "words"),
    [
        ("public", [a_file("report.pdf", b"%PDF")], "report.pdf cannot go here: only PNG, GIF."),
        ("public", [a_file("liar.png", b"<svg>")], "liar.png cannot go here"),
        ("public", [a_file("a.png"), a_file("b.png"), a_file("c.png")], "3 files are too many: at most 2."),
        ("private", [a_file("big.bin", b"x" * 1001)], "big.bin is too large"),
        ("private", [a_file("a.bin", b"x" * 900), a_file("b.bin", b"x" * 900)], "too large together"),
    ],
)
def test_what_the_network_would_refuse_is_said_before_and_not_sent(way, chosen, words, attach, send, channel):
    answer = attach(*chosen, **FETCH)
    assert answer.status_code == 200 and words in answer.content.decode()
    answer = send(way)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Delivery.objects.exists() and Attachment.objects.filter(message=None).count() == len(chosen)


def test_what_nobody_could_send_is_not_kept(attach, agent, ticket, monkeypatch):
    monkeypatch.setattr(files, "NOTE_FILES", files.FileLimits(count=2, bytes=50))
    page = attach(a_file("empty", b""), a_file("big", b"x" * 51), a_file("a"), a_file("b"), a_file("c"), **FETCH)
    words = page.content.decode()
    assert "empty is empty." in words and "big is too large" in words and "3 files are too many" in words
    assert [file.filename for file in files.written(ticket.pk, agent)] == ["a", "b"]


def test_a_request_that_is_too_large_is_refused_before_it_is_read(attach, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    assert attach(a_file()).status_code == 400
    assert not Attachment.objects.exists()


def test_only_its_writer_sees_or_removes_a_file_of_a_draft(attach, ticket, agent, teammate, manager, as_):
    attach(a_file())
    kept = Attachment.objects.get()
    for other in (teammate, manager):
        assert as_(other).get(reverse("attachment", args=[kept.pk])).status_code == 404
        assert as_(other).post(reverse("detach", args=[kept.pk])).status_code == 404
    stored = kept.file
    assert as_(agent).get(reverse("attachment", args=[kept.pk])).getvalue() == PNG
    assert as_(agent).post(reverse("detach", args=[kept.pk])).status_code == 302
    assert not Attachment.objects.exists() and not drafts.Draft.objects.filter(attachments__isnull=False).exists()
    assert stored.name


def test_files_of_what_was_said_cannot_be_taken_out(ticket, agent, as_):
    said = Attachment.objects.create(message=ticket.messages.get(), state="stored")
    assert as_(agent).post(reverse("detach", args=[said.pk])).status_code == 404


def test_nobody_attaches_to_an_unseen_ticket(attach, ticket, closed_team):
    properties.set_team(ticket.pk, closed_team, None)
    assert attach(a_file()).status_code == 404
    assert not Attachment.objects.exists()


def test_an_emptied_text_keeps_the_files_and_undo_brings_them_back(attach, send, ticket, agent, as_, settings):
    settings.UNDO_SECONDS = 60
    attach(a_file())
    drafts.keep(ticket.pk, agent, way="note", text="")
    assert len(files.written(ticket.pk, agent)) == 1
    send()
    as_(agent).post(reverse("withdraw", args=[Delivery.objects.get().pk]))
    assert [file.filename for file in files.written(ticket.pk, agent)] == ["bag.png"]
    assert Draft.objects.get().text == "Look"


def test_dropping_a_draft_removes_the_bytes(attach, ticket, agent, django_capture_on_commit_callbacks):
    attach(a_file())
    stored = Attachment.objects.get().file
    with django_capture_on_commit_callbacks(execute=True):
        drafts.drop(ticket.pk, agent)
    assert not Attachment.objects.exists() and not stored.storage.exists(stored.name)


def test_a_file_that_vanished_fails_in_words_and_sends_nothing(attach, send, network):
    attach(a_file())
    send()
    stored = Attachment.objects.get().file
    stored.storage.delete(stored.name)
    delivery = Delivery.objects.get()
    assert deliver.deliver(delivery.pk) == "failed"
    delivery.refresh_from_db()
    assert "bag.png is no longer on the disk" in delivery.error_text and not network.sent
