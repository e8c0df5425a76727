"""A stranger's HTML in a real browser."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from channels_email.parsing.html import sanitise
from tests import factories as make
from tickets.models import Attachment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def test_a_frame_fits_its_mail_folds_the_rest_and_fetches_pictures_once_asked(
    open_page, complaints, agent, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    ticket = make.ticket(channel=make.channel("email"))
    html = sanitise(
        "<p>My <b>bag</b>:</p><img src='cid:bag' width='300' height='500'><img src='https://track.example/1.gif'"
        " alt='Logo'><p>Look</p><blockquote><p>Which one?</p></blockquote>"
    )
    message = make.message(ticket, "My bag: Look", html=html, visible_text="My bag:\nLook")
    picture = Attachment.objects.create(
        message=message, content_id="bag", content_type="image/gif", state="stored", inline=True
    )
    picture.file.save("", ContentFile(GIF))
    page = open_page(agent, "/")
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(body=GIF, content_type="image/gif")

    page.route("https://track.example/**", answer)
    page.goto(ticket.get_absolute_url())
    frame = page.frame_locator(".msg-html")
    expect(frame.locator("img")).to_have_js_property("naturalWidth", 1)
    expect(frame.get_by_text("Which one?")).to_be_hidden()
    expect(page.locator(".msg-html")).not_to_have_css("height", "192px")
    assert asked == []
    frame.get_by_text("Show signature and quoted text").click()
    expect(frame.get_by_text("Which one?")).to_be_visible()
    page.get_by_role("link", name="Load pictures").click()
    expect(frame.get_by_alt_text("Logo")).to_have_js_property("naturalWidth", 1)
    assert asked == ["https://track.example/1.gif"]
    # Playwright tries its own script in every frame; this one runs none.
    complaints[:] = [words for words in complaints if not words.startswith("Blocked script execution")]
