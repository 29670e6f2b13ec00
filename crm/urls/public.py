"""Addresses without a workspace in them: joining, hooks, and what a person without an account may open."""

from django.urls import path

from crm.views import health, invitations

urlpatterns = [
    path("healthz", health.show, name="healthz"),
    path("join/<str:token>/", invitations.join, name="join"),
]
