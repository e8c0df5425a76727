"""What one is told: the list, its count for the bell, and the choices of how to be told."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.forms.notifications import ChoicesForm, PositionForm
from tickets.models import NotificationChoice
from tickets.notices import ICONS, address_of, told, unread, wants_browser, with_names, words_of
from tickets.services import notifications

PAGE = 50
MOST_AT_ONCE = 5


@require_GET
@requires("tickets.work")
def index(request: SignedInRequest) -> HttpResponse:
    """The newest, or those before `?before=<id>`."""
    before = PositionForm(request.GET).value("before")
    found = told(request.user).filter(pk__lt=before) if before else told(request.user)
    rows = list(with_names(found)[: PAGE + 1])
    shown = [
        {"told": one, "words": words_of(one), "icon": ICONS[one.kind], "address": address_of(one)}
        for one in rows[:PAGE]
    ]
    context = {"rows": shown, "next": rows[PAGE - 1].pk if len(rows) > PAGE else None}
    return render(request, "tickets/notifications/index.html", context)


@require_GET
@requires("tickets.work")
@never_cache
def news(request: SignedInRequest) -> JsonResponse:
    """`{"unread": n, "newest": id, "show": [{id, title, body, address}]}`: what came after `?after=<id>` and is wanted
    as a notification of the browser.
    """
    now = unread(request.user)
    after = PositionForm(request.GET).value("after")
    fresh = (
        with_names(told(request.user).filter(pk__gt=after, read_at=None))[:MOST_AT_ONCE] if after is not None else []
    )
    wanted = wants_browser(request.user, fresh) if fresh else []
    show = [
        {"id": one.pk, "title": words_of(one), "body": one.ticket.subject, "address": address_of(one)} for one in wanted
    ]
    return JsonResponse({"unread": now.count, "newest": now.newest, "show": show})


@require_POST
@requires("tickets.work")
def read_all(request: SignedInRequest) -> HttpResponse:
    notifications.seen(request.user)
    return redirect("notifications")


@requires("tickets.work")
def choices(request: SignedInRequest) -> HttpResponse:
    """Which kinds the browser and the mail tell besides."""
    known = NotificationChoice.objects.filter(user=request.user).first() or NotificationChoice()
    form = ChoicesForm(request.POST or None, initial={"browser": known.browser, "mail": known.mail})
    if request.method == "POST" and form.is_valid():
        notifications.choose(request.user, **form.cleaned_data)
        messages.success(request, _("Your choices are saved."))
        return redirect("notification-choices")
    return render(request, "tickets/notifications/choices.html", {"form": form})
