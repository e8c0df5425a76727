"""Addresses of the contact form."""

from django.urls import path

from channels_email import views

urlpatterns = [
    path("contact/<int:pk>/", views.form, name="contact-form"),
    path("contact/<int:pk>/form.js", views.script, name="contact-script"),
]
