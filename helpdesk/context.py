"""What every page shows around its content."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {"organisation": settings.ORGANISATION, "product": "Parley", "is_demo": settings.DEMO}
