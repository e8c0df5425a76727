"""Addresses of the measures."""

from django.urls import path

from metrics.views import cases, dashboard

urlpatterns = [
    path("", dashboard.dashboard, name="metrics"),
    path("tickets/", cases.cases, name="metrics-tickets"),
    path("tickets.csv", cases.cases_csv, name="metrics-tickets-csv"),
]
