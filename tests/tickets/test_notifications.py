"""Who is told what, by which way, and who is not."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone

from live import messages as bus
from tests import factories as make
from tickets import tasks
from tickets.channels.errors import Rejected
from tickets.models import Delivery, Notification, Ticket
from tickets.services import deliver, mentions, notifications, properties, reply
from tickets.services.sla import RaisedAlarm, raise_alarms

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


def told(person, **fields) -> list[str]:
    return [one.kind for one in Notification.objects.filter(user=person, **fields)]


# ---- assigned ----


def test_somebody_else_gives_me_a_ticket(ticket, agent, teammate):
    properties.assign(ticket.pk, agent, teammate)
    properties.assign(ticket.pk, agent, teammate)
    (one,) = Notification.objects.all()
    assert (one.user, one.kind, one.actor, one.ticket_id) == (agent, Kind.ASSIGNED, teammate, ticket.pk)


def test_nobody_is_told_of_their_own_acts_or_of_the_past(ticket, agent, teammate):
    properties.assign(ticket.pk, agent, agent)
    properties.assign(ticket.pk, teammate, None, at=timezone.now() - timedelta(days=3))
    assert not Notification.objects.exists()


def test_a_refused_change_tells_nobody(ticket, agent, teammate, as_):
    """The row is part of the transaction."""
    way = {"way": "note", "text": f"@{agent.name} look", "then_status": "closed", "seen": 0}
    as_(teammate).post(reverse("reply", args=[ticket.pk]), way)
    assert not Notification.objects.exists()


# ---- mentioned ----


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Priya Nair can you?", ["Priya Nair"]),
        ("ask @priya nair, or @MAX MANAGER.", ["Max Manager", "Priya Nair"]),
        ("@Mia Team-Mate and @Mia Team-Mate", ["Mia Team-Mate"]),
        ("@Priya", []),
        ("@Priya Nairobi", []),
        ("write to help@Priya Nair", []),
        ("@Sid Stranger left", []),
        ("no sign at all", []),
        ("@(.*) @[ @\\", []),
    ],
)
def test_who_is_called(text, called, agent, manager, teammate, stranger):
    assert sorted(person.name for person in mentions.people_in(text)) == called


def test_the_longer_of_two_names_counts(agent):
    make.user(name="Ann"), make.user(name="Ann Lee")
    assert [person.name for person in mentions.people_in("@Ann Lee here")] == ["Ann Lee"]
    assert [person.name for person in mentions.people_in("@Ann here")] == ["Ann"]


def test_a_mention_tells_the_colleague_and_is_marked_in_the_note(ticket, agent, teammate, as_):
    note = reply.add_note(ticket.pk, agent, "@Mia Team-Mate and @Priya Nair: look <b>")
    assert told(teammate) == [Kind.MENTIONED] and told(agent) == []
    page = as_(teammate).get(ticket.get_absolute_url()).content.decode()
    assert '<b class="mention">@Mia Team-Mate</b> and' in page and "look &lt;b&gt;" in page
    assert Notification.objects.get().message == note


def test_a_mention_of_somebody_who_does_not_see_the_ticket_says_so(ticket, agent, teammate, as_, closed_team):
    properties.set_team(ticket.pk, closed_team, None)
    browser = as_(teammate)
    answer = browser.post(
        reverse("reply", args=[ticket.pk]), {"way": "note", "text": "@Priya Nair look", "seen": 0}, follow=True
    )
    page = answer.content.decode()
    assert "Priya Nair does not see this ticket and was not told." in page
    assert "<small>does not see this ticket</small>" in page and not Notification.objects.exists()
    assert '<b class="mention">' not in page


# ---- failed, at risk ----


def test_a_reply_that_failed_tells_its_writer(ticket, answer, agent, network):
    answer()
    network.fail("send", Rejected("Not like this."))
    deliver.deliver(Delivery.objects.get().pk)
    assert told(agent) == [Kind.REPLY_FAILED]


def alarm(ticket, kind="sla_at_risk", metric="first_response", start=1, ago=timedelta(0)) -> RaisedAlarm:
    return RaisedAlarm(ticket.pk, kind, timezone.now() - ago, f"{kind}:{metric}:{start}:600", {"metric": metric})


def test_time_that_runs_out_tells_the_assignee_once_for_each_promise(ticket, agent, as_):
    Ticket.objects.filter(pk=ticket.pk).update(assignee=agent)
    raise_alarms([alarm(ticket)])
    raise_alarms([alarm(ticket), alarm(ticket, "sla_breached")])
    assert told(agent) == [Kind.AT_RISK]
    raise_alarms([alarm(ticket, start=2), alarm(ticket, metric="resolution")])
    assert told(agent) == [Kind.AT_RISK] * 3
    page = as_(agent).get(reverse("notifications")).content.decode()
    assert (
        f"First reply is running out in #{ticket.pk}" in page and f"Resolution is running out in #{ticket.pk}" in page
    )


def test_old_times_and_unowned_tickets_tell_nobody(ticket, agent):
    raise_alarms([alarm(ticket)])
    Ticket.objects.filter(pk=ticket.pk).update(assignee=agent)
    raise_alarms([alarm(ticket, ago=timedelta(days=2))])
    assert not Notification.objects.exists()


# ---- the pages ----


@pytest.fixture
def given(ticket, agent, teammate):
    properties.assign(ticket.pk, agent, teammate)
    return Notification.objects.get()


def test_the_list_and_the_bell(given, ticket, agent, teammate, as_):
    browser = as_(agent)
    page = browser.get(reverse("notifications")).content.decode()
    assert f"Mia Team-Mate gave you #{ticket.pk}" in page and f'href="{ticket.get_absolute_url()}"' in page
    assert re.search(r"data-unread>1<", page)
    browser.get(ticket.get_absolute_url())
    given.refresh_from_db()
    assert given.read_at and "data-unread hidden>0<" in browser.get(reverse("notifications")).content.decode()
    assert "Mia Team-Mate gave you" not in as_(teammate).get(reverse("notifications")).content.decode()


def test_all_are_read_at_once(given, agent, as_):
    assert as_(agent).post(reverse("read-notifications")).url == reverse("notifications")
    given.refresh_from_db()
    assert given.read_at


def test_the_list_goes_on(ticket, agent, teammate, as_, django_assert_max_num_queries):
    Notification.objects.bulk_create(
        [Notification(user=agent, kind=Kind.ASSIGNED, ticket=ticket, actor=teammate) for _ in range(60)]
    )
    browser = as_(agent)
    browser.get(reverse("notifications"))
    with django_assert_max_num_queries(16):
        first = browser.get(reverse("notifications"))
    assert len(first.context["rows"]) == 50
    rest = browser.get(reverse("notifications"), {"before": first.context["next"]})
    assert len(rest.context["rows"]) == 10 and rest.context["next"] is None
    for nonsense in ("x", "-1", "9" * 30):
        assert len(browser.get(reverse("notifications"), {"before": nonsense}).context["rows"]) == 50


def test_news_for_the_script(given, ticket, agent, as_):
    browser = as_(agent)
    news = browser.get(reverse("notification-news"), {"after": 0}).json()
    assert (news["unread"], news["newest"]) == (1, given.pk)
    assert news["show"] == [
        {
            "id": given.pk,
            "title": f"Mia Team-Mate gave you #{ticket.pk}",
            "body": ticket.subject,
            "address": f"/tickets/{ticket.pk}/",
        }
    ]
    assert browser.get(reverse("notification-news"), {"after": given.pk}).json()["show"] == []
    browser.post(reverse("notification-choices"), {"browser": ["mentioned"]})
    assert browser.get(reverse("notification-news"), {"after": 0}).json() == {
        "unread": 1,
        "newest": given.pk,
        "show": [],
    }


def test_what_one_no_longer_sees_is_not_told(given, ticket, agent, as_, closed_team):
    properties.set_team(ticket.pk, closed_team, None)
    browser = as_(agent)
    assert browser.get(reverse("notifications")).context["rows"] == []
    assert browser.get(reverse("notification-news"), {"after": 0}).json() == {"unread": 0, "newest": 0, "show": []}


# ---- live, mail ----


def test_only_the_person_hears_of_it_after_the_commit(
    ticket, agent, teammate, monkeypatch, django_capture_on_commit_callbacks
):
    heard = []
    monkeypatch.setattr(bus, "publish", heard.append)
    with django_capture_on_commit_callbacks(execute=True):
        properties.assign(ticket.pk, agent, teammate)
    assert {"kind": "notified", "users": [agent.pk]} in heard


@pytest.fixture
def wanted(agent, ticket, teammate):
    notifications.choose(agent, browser=[], mail=[Kind.ASSIGNED])
    properties.assign(ticket.pk, agent, teammate)
    Notification.objects.update(mail_due_at=timezone.now())
    return Notification.objects.get()


def test_a_mail_where_it_is_wanted(wanted, ticket, agent):
    assert notifications.mails_due() == [wanted.pk]
    tasks.mail_notification(wanted.pk)
    tasks.mail_notification(wanted.pk)
    (sent,) = mail.outbox
    assert sent.to == [agent.email] and sent.subject == f"Mia Team-Mate gave you #{ticket.pk}"
    assert f"/tickets/{ticket.pk}/" in sent.body and "/notifications/choices/" in sent.body
    assert sent.extra_headers["Message-ID"] == f"<notification-{wanted.pk}@127.0.0.1>"
    assert notifications.mails_due() == []


def test_no_mail_for_what_was_seen_is_out_of_sight_or_not_wanted(wanted, ticket, agent, teammate, as_, closed_team):
    as_(agent).get(ticket.get_absolute_url())
    assert notifications.mails_due() == []
    Notification.objects.update(read_at=None, mail_due_at=timezone.now())
    properties.set_team(ticket.pk, closed_team, None)
    notifications.mail(wanted.pk)
    properties.set_team(ticket.pk, None, None)
    properties.assign(ticket.pk, teammate, agent)
    assert mail.outbox == [] and list(Notification.objects.exclude(mail_due_at=None)) == []


class Refusing(BaseEmailBackend):
    def send_messages(self, mails):
        raise ConnectionRefusedError


def test_a_mail_server_that_is_away_is_asked_again_and_given_up(wanted, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    for _try in range(notifications.MOST_MAIL_TRIES):
        assert notifications.mails_due() == [wanted.pk]
        notifications.mail(wanted.pk)
        assert notifications.mails_due() == []
        Notification.objects.exclude(mail_due_at=None).update(mail_due_at=timezone.now())
    assert notifications.mails_due() == []


def test_choices_are_kept_and_checked(agent, as_):
    browser, address = as_(agent), reverse("notification-choices")
    page = browser.get(address).content.decode()
    assert page.count(" checked") == len(Kind) + 1
    assert browser.post(address, {"browser": ["at_risk"], "mail": ["assigned", "at_risk"]}).status_code == 302
    assert browser.get(address).content.decode().count(" checked") == 3
    assert "Select a valid choice" in browser.post(address, {"mail": ["everything"]}).content.decode()


def test_old_ones_are_forgotten(given):
    Notification.objects.update(created_at=timezone.now() - timedelta(days=91))
    notifications.forget_old()
    assert not Notification.objects.exists()
