from typing import Any

from django import forms

from integrations.models import Webhook
from integrations.policies.webhook_events import KINDS


class WebhookForm(forms.Form):
    """Where to, and about what."""

    url = forms.CharField(label="Address", max_length=500, help_text="An https address that answers 2xx.")
    description = forms.CharField(label="What is it for?", max_length=200, required=False)
    events = forms.MultipleChoiceField(
        label="Tell it about",
        choices=[(kind, kind) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def given(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"url": cleaned["url"], "description": cleaned["description"], "kinds": cleaned["events"]}


def values_of(webhook: Webhook) -> dict[str, Any]:
    """What the form shows of a webhook that is there."""
    return {"url": webhook.url, "description": webhook.description, "events": webhook.events}
