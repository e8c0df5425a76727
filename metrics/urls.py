"""Addresses of the measures."""

from django.urls import path

from metrics.views import cases, dashboard, pages, rules

urlpatterns = [
    path("", dashboard.dashboard, name="metrics"),
    path("tickets/", cases.cases, name="metrics-tickets"),
    path("tickets.csv", cases.cases_csv, name="metrics-tickets-csv"),
    path("tickets.xlsx", cases.cases_xlsx, name="metrics-tickets-xlsx"),
    path("policies/", rules.policies, name="policies"),
    path("policies/new/", rules.new_policy, name="new-policy"),
    path("policies/<int:pk>/", rules.policy, name="policy"),
    path("policies/<int:pk>/up/", rules.move_policy, name="move-policy"),
    path("calendars/", rules.calendars, name="calendars"),
    path("calendars/new/", rules.new_calendar, name="new-calendar"),
    path("calendars/<int:pk>/", rules.calendar, name="calendar"),
    path("wallboard/", pages.wallboard, name="wallboard"),
    # Last: any other name is a page's.
    path("<slug:key>/", pages.page, name="metrics-page"),
]
