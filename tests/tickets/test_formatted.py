"""HTML mail in a frame of its own, and the bytes as they came."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from channels_email.parsing.html import sanitise
from tests import factories as make
from tickets.formatted import formatted, has_remote_pictures, says_more
from tickets.models import Attachment, InboundItem, Message

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
QUOTE = "<div class='gmail_quote'>On Monday Help wrote:<blockquote><p>Which <b>bag</b>?</p></blockquote></div>"


def parts(html, visible):
    return formatted(Message(html=sanitise(html), visible_text=visible), [], remote=False)


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("<div>Yes, tomorrow.</div>", False),
        ("<div>Yes</div>" + QUOTE, False),
        ("<div>Yes, the <b>red</b> one</div>" + QUOTE, True),
        ("<table><tr><td>1</td></tr></table>", True),
        ("<p>Look:</p><img src='cid:a'>", True),
        ("", False),
    ],
)
def test_a_frame_is_drawn_where_text_alone_would_lose_something(html, says):
    assert says_more(sanitise(html)) is says


def test_what_was_newly_written_comes_first_and_the_rest_is_folded():
    found = parts(f"<div>The <b>red</b> one.</div><div>-- <br>Jo &amp; Sons</div>{QUOTE}", "The red one.")
    assert found.before == "" and found.written == "<div>The <b>red</b> one.</div>"[:-6] + "</div>"
    assert "Jo &amp; Sons" in found.after and "Which <b>bag</b>?" in found.after
    assert "Jo" not in found.written


def test_a_quotation_above_the_new_text_is_folded_too():
    found = parts(QUOTE + "<p>The <i>red</i> one!</p>", "The red one!")
    assert "Which" in found.before and "red" not in found.before
    assert "The <i>red</i> one!" in found.written and not found.after


def test_a_cut_inside_a_table_leaves_both_halves_whole():
    found = parts("<table><tbody><tr><td>New words. Old words</td></tr></tbody></table>", "New words.")
    assert found.written == "<table><tbody><tr><td>New words. </td></tr></tbody></table>"
    assert found.after == "<table><tbody><tr><td>Old words</td></tr></tbody></table>"


@pytest.mark.parametrize("visible", ["", "Something else entirely", "…"])
def test_all_of_it_is_shown_where_the_new_text_is_not_found(visible):
    found = parts(f"<p>Hello</p>{QUOTE}", visible)
    assert "Which" in found.written and not found.before and not found.after


def test_nothing_outside_is_fetched_until_it_is_asked_for():
    html = sanitise(
        '<p>Hi</p><img src="https://track.example/1.gif" alt="a > b"><img src="//x.example/2"><img src="/y">'
    )
    message = Message(html=html, visible_text="Hi")
    assert has_remote_pictures(html)
    assert "<img" not in "".join(vars(formatted(message, [], remote=False)).values())
    asked = formatted(message, [], remote=True)
    assert 'src="https://track.example/1.gif"' in asked.after and asked.after.count("<img") == 1
    assert not has_remote_pictures(sanitise('<p>src="https://x"</p><img src="cid:1">'))


@pytest.fixture
def mail(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    channel = make.channel("email")
    html = sanitise('<p>My <b>bag</b>:</p><img src="cid:bag@x"><img src="https://track.example/1.gif">' + QUOTE)
    message = make.message(make.ticket(channel=channel), "My bag:", html=html, visible_text="My bag:")
    for name in ("bag@x", "other@x"):
        picture = Attachment.objects.create(
            message=message, content_id=name, content_type="image/gif", state="stored", inline=True, size=len(GIF)
        )
        picture.file.save("", ContentFile(GIF))
    return message


def test_the_frame_shows_pictures_of_the_mail_from_our_origin_and_runs_nothing(mail, agent, as_):
    answer = as_(agent).get(reverse("formatted", args=[mail.pk]))
    page = answer.content.decode()
    own = mail.attachments.get(content_id="bag@x")
    assert f'src="{reverse("attachment", args=[own.pk])}"' in page and "track.example" not in page
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "img-src 'self';" in policy and "frame-ancestors 'self'" in policy
    assert "sandbox allow-same-origin" in policy and "allow-scripts" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    asked = as_(agent).get(reverse("formatted", args=[mail.pk]), {"pictures": 1})
    assert "https://track.example/1.gif" in asked.content.decode()
    assert "img-src 'self' https: http:;" in asked["Content-Security-Policy"]
    assert asked["Referrer-Policy"] == "no-referrer"


def test_the_timeline_holds_the_frame_and_shows_each_picture_once(mail, agent, as_):
    page = as_(agent).get(mail.ticket.get_absolute_url()).content.decode()
    inside, beside = mail.attachments.order_by("id")
    assert f'src="{reverse("formatted", args=[mail.pk])}"' in page and "Load pictures" in page
    assert reverse("attachment", args=[inside.pk]) not in page and reverse("attachment", args=[beside.pk]) in page
    assert "track.example" not in page


def test_the_original_can_be_downloaded(mail, agent, as_):
    raw = b"Subject: Bag\r\n\r\nMy bag\r\n"
    page = as_(agent).get(mail.ticket.get_absolute_url()).content.decode()
    assert reverse("raw-message", args=[mail.pk]) not in page
    assert as_(agent).get(reverse("raw-message", args=[mail.pk])).status_code == 404
    InboundItem.objects.create(channel=mail.channel, external_id="1", raw=raw, message=mail, state="done")
    page = as_(agent).get(mail.ticket.get_absolute_url()).content.decode()
    assert reverse("raw-message", args=[mail.pk]) in page
    answer = as_(agent).get(reverse("raw-message", args=[mail.pk]))
    assert answer.content == raw and answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"].startswith("attachment")


def test_only_those_who_see_the_ticket_see_either(mail, agent, teammate, closed_team, as_):
    InboundItem.objects.create(channel=mail.channel, external_id="1", raw=b"x", message=mail, state="done")
    mail.ticket.team = closed_team
    mail.ticket.save()
    for name in ("formatted", "raw-message"):
        address = reverse(name, args=[mail.pk])
        assert [as_(one).get(address).status_code for one in (None, agent, teammate)] == [302, 404, 200]
