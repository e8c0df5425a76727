"""The floor of a page: Django, a session, one query for 50 rows and a plain template."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from tickets.models import Ticket

TEMPLATE = """<!doctype html><title>Bare</title><table>{% for ticket in tickets %}
<tr><td>{{ ticket.number }}<td>{{ ticket.subject }}<td>{{ ticket.get_status_display }}<td>{{ ticket.opened_at }}
{% endfor %}</table><p>{{ request.user.name }}"""


def bare(request: HttpRequest) -> HttpResponse:
    tickets = Ticket.objects.order_by("-last_message_at", "-number")[:50]
    return HttpResponse(engines["django"].from_string(TEMPLATE).render({"tickets": tickets}, request))


urlpatterns = [path("bare/", bare), path("", include("helpdesk.urls"))]
