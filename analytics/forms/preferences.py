from collections.abc import Mapping

from django import forms

from analytics.models import Preference
from analytics.policies.targets import GOALS


class PreferencesForm(forms.Form):
    """The pivot, the recruiters switch, and a target per figure (shares as percentages)."""

    pivot_on = forms.DateField(
        label="Before and after are told apart by",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Such as the day you began with the CRM. The comparison opens with equal spans around it.",
    )
    shows_recruiters = forms.BooleanField(
        label="Show figures about single colleagues",
        required=False,
        help_text="Reply times and kept promises per person. Ask your works council first.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for goal in GOALS.values():
            self.fields[goal.key] = forms.FloatField(
                label=f"{goal.label}, {goal.unit}",
                required=False,
                min_value=0,
                max_value=100 if goal.is_share else 3_650,
            )

    @classmethod
    def showing(cls, preference: Preference, targets: Mapping[str, float]) -> "PreferencesForm":
        shown = {
            key: round(value * 100, 2) if GOALS[key].is_share else value for key, value in targets.items()
        }
        chosen = {"pivot_on": preference.pivot_on, "shows_recruiters": preference.shows_recruiters}
        return cls(initial=chosen | shown)

    @property
    def targets(self) -> dict[str, float | None]:
        given = {key: self.cleaned_data[key] for key in GOALS}
        return {
            key: value / 100 if value is not None and GOALS[key].is_share else value
            for key, value in given.items()
        }
