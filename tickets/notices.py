"""Reads what a person is told, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import team_sight
from tickets.event_words import CLOCKS
from tickets.models import Notification, NotificationChoice

ICONS = {"assigned": "user-plus", "mentioned": "at", "at_risk": "alarm", "reply_failed": "f-alert-circle"}


@dataclass(frozen=True)
class Unread:
    """How many, and the newest one's id: a page asks for what came after it."""

    count: int
    newest: int


def told(user: User) -> QuerySet[Notification]:
    """Everything this person was told about tickets that they (still) see, newest first."""
    return Notification.objects.filter(team_sight(user, "ticket__team"), user=user)


def unread(user: User) -> Unread:
    found = told(user).aggregate(count=Count("pk", filter=Q(read_at=None)), newest=Max("pk"))
    return Unread(found["count"], found["newest"] or 0)


def with_names(notifications: QuerySet[Notification]) -> QuerySet[Notification]:
    return notifications.select_related("ticket", "actor")


def wants_browser(user: User, notifications: Iterable[Notification]) -> list[Notification]:
    """Those of which this person wants to be told by the browser, too."""
    choice = NotificationChoice.objects.filter(user=user).first() or NotificationChoice()
    return [one for one in notifications if one.kind in choice.browser]


def words_of(notification: Notification) -> str:
    """Who did what to which ticket."""
    ticket = {"ticket": f"#{notification.ticket_id}"}
    who = ticket | {"name": notification.actor.name if notification.actor else ""}
    if notification.kind == Notification.Kind.MENTIONED:
        return _("%(name)s mentioned you in %(ticket)s") % who
    if notification.kind == Notification.Kind.REPLY_FAILED:
        return _("Your reply in %(ticket)s was not delivered") % ticket
    if notification.kind == Notification.Kind.AT_RISK:
        clock = str(CLOCKS.get((notification.key or "").partition(":")[0], _("A promise")))
        return _("%(clock)s is running out in %(ticket)s") % (ticket | {"clock": clock})
    if who["name"]:
        return _("%(name)s gave you %(ticket)s") % who
    return _("%(ticket)s was given to you") % ticket


def address_of(notification: Notification) -> str:
    """The ticket, at the message that it is about."""
    place = f"#m{notification.message_id}" if notification.message_id else ""
    return notification.ticket.get_absolute_url() + place
