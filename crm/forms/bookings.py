from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _


class BookingForm(forms.Form):
    """One time, chosen; with a name and an address where we do not know who it is."""

    at = forms.CharField(widget=forms.HiddenInput, max_length=40)
    zone = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label=_("What would you like to talk about?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: Any, *, slots: Sequence[datetime], is_known: bool, is_move: bool = False
    ) -> None:
        super().__init__(data)
        self.slots = slots
        if is_move:
            del self.fields["words"]
        if not is_known:
            self.fields["name"] = forms.CharField(
                label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
            )
            self.fields["email"] = forms.EmailField(
                label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
            )

    def clean_at(self) -> datetime:
        try:
            chosen = datetime.fromisoformat(self.cleaned_data["at"])
        except ValueError:
            chosen = None
        if chosen is None or chosen.tzinfo is None or chosen not in self.slots:
            raise forms.ValidationError(_("This time is no longer free. Please choose another one."))
        return chosen.astimezone(ZoneInfo("UTC"))

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        return zone if zone in available_timezones() else "UTC"
