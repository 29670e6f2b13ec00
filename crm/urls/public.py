"""Addresses without a workspace in them: joining, hooks, and what a person without an account may open."""

from django.urls import path

from crm.views import health, hooks, invitations, tracking

urlpatterns = [
    path("healthz", health.show, name="healthz"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("hooks/mail/inbound", hooks.inbound_mail, name="inbound_mail"),
    path("hooks/mail/events", hooks.mail_events, name="mail_events"),
    path("o/<str:token>.gif", tracking.pixel, name="pixel"),
    path("c/<str:token>", tracking.link, name="tracked_link"),
]
