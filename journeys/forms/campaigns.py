from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from journeys.policies.campaigns import HOURS

Pairs = list[tuple[str, str]]


# Whom a mail goes to and what it says is never what happens to stand first.
_UNCHOSEN: dict[str, Pairs] = {
    "segment_id": [("", "choose a segment")],
    "template": [("", "choose a mail")],
}


class CampaignForm(forms.Form):
    """A newsletter to a segment."""

    name = forms.CharField(max_length=120, help_text="For colleagues; readers see the subject of the mail.")
    segment_id = forms.TypedChoiceField(label="To everybody in", coerce=int)
    template = forms.ChoiceField(label="Mail", help_text="Each reader gets its closest variant.")
    hours = forms.ChoiceField(label="It leaves", choices=HOURS, initial="office")
    sender = forms.ChoiceField(label="From", initial="owner")
    holdout = forms.IntegerField(
        label="Leave out, in percent", min_value=0, max_value=90, initial=0,
        help_text="A random group that shows the lift.",
    )  # fmt: skip

    def __init__(self, *args: Any, segments: Pairs, templates: Pairs, senders: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, pairs in (("segment_id", segments), ("template", templates), ("sender", senders)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*_UNCHOSEN.get(name, []), *pairs]


class ScheduleForm(forms.Form):
    """When a campaign goes, on the workspace's clock; empty is now."""

    send_at = forms.CharField(
        label="When", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data)
        self.zone = zone
        self.fields["send_at"].help_text = f"On the clock of {zone.replace('_', ' ')}. Empty: now."

    def clean_send_at(self) -> datetime | None:
        text = self.cleaned_data["send_at"]
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone))
        except ValueError as wrong:
            raise forms.ValidationError("Write day and time.") from wrong
