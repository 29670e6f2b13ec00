from typing import Any

from django import forms

from analytics.actions.definitions import LONGEST_WINDOW
from analytics.policies.terms import NURTURING, SCREENING_STAGES, TWO_WAY, Terms


class DefinitionsForm(forms.Form):
    attribution_days = forms.IntegerField(
        label="A touch counts towards a hire for so many days",
        min_value=1,
        max_value=LONGEST_WINDOW,
    )
    two_way = forms.MultipleChoiceField(
        label="What counts as a word back", choices=list(TWO_WAY.items()), widget=forms.CheckboxSelectMultiple
    )
    screening_stage = forms.ChoiceField(
        label="Screening is over once a stage after this one is entered",
        choices=list(SCREENING_STAGES.items()),
    )
    counts_calls = forms.BooleanField(
        label="A completed call is a completed screening as well", required=False
    )
    nurtured_by = forms.MultipleChoiceField(
        label="Nurtured: one of these was delivered before the offer",
        choices=list(NURTURING.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label="Why this changes", max_length=300, required=False, help_text="Stands in the history."
    )

    @classmethod
    def showing(cls, terms: Terms) -> "DefinitionsForm":
        initial: dict[str, Any] = {name: getattr(terms, name) for name in _NAMES}
        return cls(initial=initial)

    @property
    def terms(self) -> Terms:
        given = {name: self.cleaned_data[name] for name in _NAMES}
        return Terms(
            **given | {"two_way": self._chosen("two_way"), "nurtured_by": self._chosen("nurtured_by")}
        )

    def _chosen(self, name: str) -> tuple[str, ...]:
        """In the order they are offered, so that the same choice is the same terms."""
        chosen = self.cleaned_data[name]
        choices: Any = self.fields[name]
        return tuple(value for value, _ in choices.choices if value in chosen)


_NAMES = ("attribution_days", "two_way", "screening_stage", "counts_calls", "nurtured_by")
