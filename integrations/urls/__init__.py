"""The pages of connections and pushes, below /w/<slug>/."""

from django.urls import URLPattern

app_name = "integrations"

urlpatterns: list[URLPattern] = []
