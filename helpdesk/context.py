"""What every page shows around its content."""

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from helpdesk.first_steps import first_steps


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "organisation": settings.ORGANISATION,
        "product": "Parley",
        "is_demo": settings.DEMO,
        "live_url": _live_url(request),
        # Asked for by an empty queue only.
        "first_steps": lambda: first_steps(request.user),
    }


def _live_url(request: HttpRequest) -> str:
    """Where the page listens for live updates: below its own origin, or at a port of its own on the same host."""
    if not settings.LIVE_PORT:
        return "/live/"
    host, _port = split_domain_port(request.get_host())
    return f"{request.scheme}://{host}:{settings.LIVE_PORT}/live/"
