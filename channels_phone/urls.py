"""Addresses of the telephone channel."""

from django.urls import path

from channels_phone import now, secret, views, webhook

urlpatterns = [
    path("calls/new/", views.log_call, name="log-call"),
    path("calls/now/", now.calls_now, name="calls-now"),
    path("calls/<int:pk>/ticket/", now.join_call, name="join-call"),
    path("calls/<int:pk>/end/", now.finish_call, name="finish-call"),
    path("calls/events/<int:pk>/", webhook.call_event, name="call-event"),
    path("channels/<int:pk>/webhook-secret/", secret.webhook_secret, name="webhook-secret"),
]
