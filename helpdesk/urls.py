"""Every address of the product; the apps bring their own."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("tickets.urls")),
    path("", include("channels_email.urls")),
    path("", include("channels_phone.urls")),
    path("", include("live.urls")),
    path("metrics/", include("metrics.urls")),
    path("api/v1/", include("metrics.api_urls")),
    path("api/v1/", include("tickets.api.urls")),
]

handler500 = "tickets.api.problems.server_error"
