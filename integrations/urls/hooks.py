"""Where an ATS tells us that something changed."""

from django.urls import path

from integrations.views import hooks

app_name = "integration_hooks"

urlpatterns = [path("<int:workspace_id>/<str:key>/", hooks.ats, name="ats")]
