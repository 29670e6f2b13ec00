from typing import Any

from django import forms

from crm.actions.engagement_scale import Draft
from crm.models import Workspace
from crm.policies.engagement import WEIGHTS
from crm.queries.engagement import scale_of

LABELS = {
    "message.replied": "Replied",
    "event.attended": "Attended an event",
    "meeting.booked": "Booked a meeting",
    "form.submitted": "Answered a form or check-in",
    "event.registered": "Registered for an event",
    "message.clicked": "Clicked a link (human)",
    "message.opened": "Opened a mail (human)",
}


class ScaleForm(forms.Form):
    """How engagement is scored: a weight per signal, the half-life, where warm and hot begin."""

    half_life_days = forms.FloatField(label="A point halves every … days")
    warm = forms.FloatField(label="Warm from")
    hot = forms.FloatField(label="Hot from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in WEIGHTS:
            self.fields[_name(kind)] = forms.FloatField(label=LABELS.get(kind, kind))

    @property
    def weights(self) -> list[Any]:
        """The fields of the signals."""
        return [self[_name(kind)] for kind in WEIGHTS]

    @property
    def rest(self) -> list[Any]:
        return [self[name] for name in ("half_life_days", "warm", "hot")]

    def draft(self) -> Draft:
        """The scale these values describe."""
        given = self.cleaned_data
        weights = {kind: given[_name(kind)] for kind in WEIGHTS}
        return Draft(weights, given["half_life_days"], given["warm"], given["hot"])

    def blame(self, faults: dict[str, str]) -> None:
        """Show each fault beside its field."""
        for key, sentence in faults.items():
            name = _name(key) if key in WEIGHTS else key
            self.add_error(name if name in self.fields else None, sentence)


def values_of(workspace: Workspace) -> dict[str, float]:
    """What the form shows for a workspace."""
    scale = scale_of(workspace)
    rest = {"half_life_days": scale.half_life, "warm": scale.warm, "hot": scale.hot}
    return {_name(kind): scale.weights[kind] for kind in WEIGHTS} | rest


def _name(kind: str) -> str:
    return kind.replace(".", "_")
