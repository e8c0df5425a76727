"""What every request passes: the first-run page, and the person's own time zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.people import has_admin

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class FirstRunMiddleware:
    """Until the first admin is made, every page leads to the first-run page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.ready = False  # never goes back, so that a running installation pays no query

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        self.ready = self.ready or has_admin()
        if not self.ready and request.path != reverse("welcome"):
            return redirect("welcome")
        return self.get_response(request)


class TimeZoneMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        own = getattr(request.user, "time_zone", "")
        with timezone.override(own or timezone.get_default_timezone()):
            return self.get_response(request)
