import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms

from crm.actions import arrivals
from crm.actions.arrivals import Tap
from crm.models import TalentEvent

_MINUTES = {"type": "datetime-local"}


class TalentEventForm(forms.Form):
    """An event as a recruiter writes it; times are on the clock of the event's own zone."""

    name = forms.CharField(max_length=120, label="What is it called?")
    kind = forms.ChoiceField(choices=TalentEvent.Kind.choices)
    description = forms.CharField(
        required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What people can expect. An empty line starts a new paragraph.",
    )  # fmt: skip
    starts_at = forms.CharField(label="Begins", widget=forms.DateTimeInput(attrs=_MINUTES))
    ends_at = forms.CharField(label="Ends", widget=forms.DateTimeInput(attrs=_MINUTES))
    time_zone = forms.ChoiceField(label="On the clock of")
    place = forms.CharField(required=False, max_length=200)
    online_url = forms.URLField(required=False, assume_scheme="https", max_length=300, label="Online link")
    capacity = forms.IntegerField(
        required=False, min_value=1, max_value=100_000, label="Places", help_text="Empty: as many as come."
    )
    has_waitlist = forms.BooleanField(required=False, initial=True, label="Keep a waiting list when full")

    def __init__(self, data: Any = None, *, zone: str, event: TalentEvent | None = None) -> None:
        super().__init__(data, initial=_initial(event, zone))
        chosen = self.fields["time_zone"]
        assert isinstance(chosen, forms.ChoiceField)
        zones = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
        chosen.choices = [(name, name.replace("_", " ")) for name in zones]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in ("starts_at", "ends_at"):
            if given.get(name) and given.get("time_zone"):
                given[name] = self._moment(name, given[name], given["time_zone"])
        start, end = given.get("starts_at"), given.get("ends_at")
        if isinstance(start, datetime) and isinstance(end, datetime) and end <= start:
            self.add_error("ends_at", "It ends before it begins.")
        if not given.get("place") and not given.get("online_url") and "online_url" not in self.errors:
            self.add_error("place", "Say where: a place, a link, or both.")
        return given

    def _moment(self, name: str, text: str, zone: str) -> datetime | None:
        try:
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            self.add_error(name, "Write day and time.")
            return None


class WalkInForm(forms.Form):
    """Somebody at the door, in as few taps as possible."""

    first_name = forms.CharField(max_length=200)
    last_name = forms.CharField(max_length=200, required=False)
    email = forms.EmailField(label="E-mail", max_length=254)
    agrees = forms.BooleanField(required=False, label="They agree that we write to them")


class ArrivalsForm(forms.Form):
    """What a phone sends from its queue: a JSON list of taps."""

    taps = forms.CharField(max_length=200_000)

    def clean_taps(self) -> list[Tap]:
        try:
            rows = json.loads(self.cleaned_data["taps"])
            taps = [_tap(row) for row in rows]
        except (ValueError, TypeError, KeyError, AttributeError) as wrong:
            raise forms.ValidationError("A list of taps is needed.") from wrong
        if len(taps) > arrivals.MOST:
            raise forms.ValidationError(f"At most {arrivals.MOST} at a time.")
        return taps


class AttendanceForm(forms.Form):
    """A list of who came: a CSV or XLSX file or pasted addresses."""

    file = forms.FileField(required=False, label="CSV or XLSX file", help_text="With a column “E-mail”.")
    addresses = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 4}), label="Or addresses, one a line"
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("file") and not given.get("addresses") and not self.errors:
            self.add_error("file", "Choose a file or paste addresses.")
        return given


def _tap(row: dict[str, Any]) -> Tap:
    at = datetime.fromisoformat(row["at"])
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    return Tap(
        str(row["key"])[:64], at, str(row.get("ticket", ""))[:500],
        int(row["registration"]) if row.get("registration") else None, row.get("present", True) is True,
    )  # fmt: skip


def _initial(event: TalentEvent | None, zone: str) -> dict[str, Any]:
    if event is None:
        return {"time_zone": zone, "has_waitlist": True}
    values = {name: getattr(event, name) for name in TalentEventForm.base_fields}
    clock = ZoneInfo(event.time_zone)
    for name in ("starts_at", "ends_at"):
        values[name] = values[name].astimezone(clock).strftime("%Y-%m-%dT%H:%M")
    return values
