"""Addresses of the telephone channel."""

from django.urls import path

from channels_phone import secret, views, webhook

urlpatterns = [
    path("calls/new/", views.log_call, name="log-call"),
    path("calls/events/<int:pk>/", webhook.call_event, name="call-event"),
    path("channels/<int:pk>/webhook-secret/", secret.webhook_secret, name="webhook-secret"),
]
