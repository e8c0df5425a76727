"""Addresses of the telephone channel."""

from django.urls import path

from channels_phone import views

urlpatterns = [path("calls/new/", views.log_call, name="log-call")]
