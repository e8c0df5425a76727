"""Tells people what concerns them: a row in the transaction of what happened, a hint and perhaps a mail after it."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import people_who_see
from tickets.models import Message, Notification, NotificationChoice, Ticket
from tickets.notices import address_of, words_of
from tickets.signals import notified

Kind = Notification.Kind
logger = logging.getLogger(__name__)

# Who looks at the app meanwhile needs no mail.
MAIL_AFTER = timedelta(minutes=1)
MAIL_AGAIN_AFTER = timedelta(minutes=10)
MOST_MAIL_TRIES = 5
KEPT_FOR = timedelta(days=90)


def notify(
    kind: Notification.Kind,
    ticket: Ticket,
    users: Iterable[int],
    *,
    by: User | None = None,
    message: Message | None = None,
    key: str | None = None,
) -> None:
    """Never tells people of their own acts, nor those who do not see the ticket."""
    told = set(users) - {by.pk if by else None}
    if not told:
        return
    people = list(people_who_see(ticket.team).filter(pk__in=told).values_list("pk", flat=True))
    choices = {choice.user_id: choice for choice in NotificationChoice.objects.filter(user__in=people)}
    now = timezone.now()
    Notification.objects.bulk_create(
        [
            Notification(
                user_id=user,
                kind=kind,
                ticket=ticket,
                message=message,
                actor=by,
                key=key,
                mail_due_at=now + MAIL_AFTER if kind in choices.get(user, NotificationChoice()).mail else None,
            )
            for user in people
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(partial(notified.send_robust, sender=Notification, users=people))


def seen(user: User, ticket: Ticket | None = None) -> None:
    """The person has looked at this ticket, or at the list of all that they are told."""
    unread = Notification.objects.filter(user=user, read_at=None)
    if ticket:
        unread = unread.filter(ticket=ticket)
    unread.update(read_at=timezone.now(), mail_due_at=None)


def choose(user: User, *, browser: list[str], mail: list[str]) -> None:
    NotificationChoice.objects.update_or_create(user=user, defaults={"browser": browser, "mail": mail})


def mails_due(limit: int = 50) -> list[int]:
    due = Notification.objects.filter(mail_due_at__lte=timezone.now())
    return list(due.order_by("mail_due_at").values_list("pk", flat=True)[:limit])


def mail(notification_id: int) -> None:
    """One mail; claimed before it is sent, so that a dead worker delays it and never doubles it by itself."""
    claimed = Notification.objects.filter(pk=notification_id, mail_due_at__lte=timezone.now()).update(
        mail_tries=F("mail_tries") + 1, mail_due_at=timezone.now() + MAIL_AGAIN_AFTER
    )
    if not claimed:
        return
    told = Notification.objects.select_related("user", "actor", "ticket__team").get(pk=notification_id)
    if people_who_see(told.ticket.team).filter(pk=told.user_id).exists():
        try:
            _mail(told).send()
        except (SMTPException, OSError) as error:
            logger.warning("notification %s could not be mailed: %s", told.pk, error)
            if told.mail_tries < MOST_MAIL_TRIES:
                return
    Notification.objects.filter(pk=notification_id).update(mail_due_at=None)


def _mail(told: Notification) -> EmailMessage:
    site = settings.PUBLIC_URL.rstrip("/")
    words = words_of(told)
    context = {
        "words": words,
        "subject": told.ticket.subject,
        "link": site + address_of(told),
        "choices": site + reverse("notification-choices"),
    }
    host = urlsplit(site).hostname or "localhost"
    return EmailMessage(
        subject=" ".join(words.split()),
        body=render_to_string("tickets/mails/notification.txt", context),
        to=[told.user.email],
        # The same name on every try: a mail program shows it once.
        headers={"Message-ID": f"<notification-{told.pk}@{host}>"},
    )


def forget_old() -> int:
    return Notification.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]
