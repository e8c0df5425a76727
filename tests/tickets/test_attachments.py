import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from tests import factories as make
from tickets.models import Attachment

pytestmark = pytest.mark.django_db

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest.fixture
def message(channel):
    return make.message(make.ticket(channel=channel), "Look at this")


@pytest.fixture
def stored(message, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def store(content_type="image/gif", content=GIF, **fields):
        fields = {"state": "stored", "content_type": content_type, "size": len(content)} | fields
        attachment = Attachment.objects.create(message=message, **fields)
        attachment.file.save("", ContentFile(content))
        return attachment

    return store


def get(browser, attachment):
    return browser.get(reverse("attachment", args=[attachment.pk]))


def test_a_picture_is_shown_from_our_own_origin(stored, message, agent, as_):
    picture = stored(alt_text="A bag")
    answer = get(as_(agent), picture)
    assert answer.getvalue() == GIF and answer.headers["Content-Type"] == "image/gif"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = as_(agent).get(message.ticket.get_absolute_url()).content.decode()
    assert f'src="{reverse("attachment", args=[picture.pk])}" alt="A bag"' in page


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/pdf", ""])
def test_everything_else_is_only_saved(content_type, stored, agent, as_):
    answer = get(as_(agent), stored(content_type, b"<script>", filename='a"\r\nX: y.html'))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "X" not in answer.headers


def test_only_those_who_see_the_ticket_get_its_files(stored, message, agent, teammate, closed_team, as_):
    message.ticket.team = closed_team
    message.ticket.save()
    attachment = stored()
    assert get(as_(agent), attachment).status_code == 404
    assert get(as_(None), attachment).status_code == 302
    assert get(as_(teammate), attachment).status_code == 200


@pytest.mark.parametrize("shown", [True, False])
def test_context_is_seen_by_those_who_see_its_ticket_or_channel(
    shown, stored, message, agent, teammate, closed_team, as_
):
    """`shown`: beside a ticket; else its thread has none yet."""
    team_of = message.ticket if shown else message.channel
    team_of.team = closed_team
    team_of.save()
    message.thread.ticket = message.ticket if shown else None
    message.thread.save()
    attachment = stored()
    message.ticket = None
    message.save()
    assert get(as_(agent), attachment).status_code == 404
    assert get(as_(teammate), attachment).status_code == 200


@pytest.mark.parametrize("state", ["waiting", "refused", "failed", "redacted"])
def test_what_is_not_stored_is_not_served(state, stored, message, agent, as_):
    attachment = stored(state=state, reason="Too large.")
    assert get(as_(agent), attachment).status_code == 404
    page = as_(agent).get(message.ticket.get_absolute_url()).content.decode()
    assert f"{attachment.get_state_display()}: Too large." in page


def test_a_file_that_is_no_longer_on_the_disk(stored, agent, as_):
    attachment = stored()
    attachment.file.storage.delete(attachment.file.name)
    assert get(as_(agent), attachment).status_code == 404
