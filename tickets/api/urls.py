"""Addresses of the API; each ends in a slash."""

from django.urls import path, re_path
from drf_spectacular.utils import extend_schema

from tickets.api.views.attachments import OneAttachment
from tickets.api.views.docs import OpenApi, pages
from tickets.api.views.events import Events
from tickets.api.views.health import Health
from tickets.api.views.messages import Messages, OneMessage
from tickets.api.views.missing import Missing
from tickets.api.views.tickets import OneTicket, Tickets
from tickets.api.views.tokens import Token

urlpatterns = [
    path("token/", Token.as_view(), name="api-token"),
    path("tickets/", Tickets.as_view(), name="api-tickets"),
    path("tickets/<int:number>/", OneTicket.as_view(), name="api-ticket"),
    path("tickets/<int:number>/messages/", Messages.as_view(), name="api-messages"),
    path("tickets/<int:number>/messages/<int:pk>/", OneMessage.as_view(), name="api-message"),
    path("tickets/<int:number>/events/", Events.as_view(), name="api-events"),
    path("attachments/<int:pk>/", OneAttachment.as_view(), name="api-attachment"),
    path("health/", Health.as_view(), name="api-health"),
    path("schema/", OpenApi.as_view(), name="api-schema"),
    path("docs/", pages, name="api-docs"),
    re_path("", extend_schema(exclude=True)(Missing).as_view(), name="api-missing"),
]
