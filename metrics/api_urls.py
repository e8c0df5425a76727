"""Addresses of the measures in the API."""

from django.urls import path

from metrics import api

urlpatterns = [
    path("metrics/summary/", api.Summary.as_view(), name="api-metrics-summary"),
    path("metrics/series/", api.Series.as_view(), name="api-metrics-series"),
    path("metrics/tickets/<int:number>/", api.TicketFacts.as_view(), name="api-metrics-ticket"),
    path("sla-policies/", api.SlaPolicies.as_view(), name="api-sla-policies"),
    path("calendars/", api.Calendars.as_view(), name="api-calendars"),
]
