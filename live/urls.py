"""Addresses of live updates that the web process answers; the stream itself is `live.server`."""

from django.urls import path

from live import views

urlpatterns = [path("tickets/<int:number>/presence/", views.presence, name="presence")]
