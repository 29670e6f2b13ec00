from typing import Any

from django import forms

from talentpools.queries.segment_history import Wanted


class HistoryForm(forms.Form):
    """Which comings and goings to show. What cannot be read counts as not asked."""

    q = forms.CharField(required=False, max_length=200)
    side = forms.ChoiceField(
        required=False, choices=[("", "Came and left"), ("entered", "Came"), ("left", "Left")]
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input w-36"

    def wanted(self) -> Wanted:
        """What is asked for."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        text = given.get("q", "").replace("\x00", "")
        return Wanted(
            given.get("side", ""), given.get("version"), text, given.get("since"), given.get("until")
        )
