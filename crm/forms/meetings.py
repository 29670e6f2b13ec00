from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import MeetingHours
from crm.policies.meeting_slots import WEEKDAYS

_DAYS = {
    "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"), "fri": _("Friday"),
    "sat": _("Saturday"), "sun": _("Sunday"),
}  # fmt: skip
_STANDARD = "09:00–12:00, 13:30–17:00"


def zone_choices() -> list[tuple[str, str]]:
    """Every zone people know by name."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    return [(zone, zone.replace("_", " ")) for zone in zones]


class BusyCalendarForm(forms.Form):
    """The secret address of a calendar kept elsewhere."""

    address = forms.CharField(
        label=_("Secret iCal address"),
        max_length=2_000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "https://…/basic.ics"}),
    )


class MeetingHoursForm(forms.Form):
    """When a recruiter takes calls, as people write hours: 09:00–12:00, 13:30–17:00."""

    title = forms.CharField(label=_("What is it called?"), max_length=120, initial=_("A short call"))
    place = forms.CharField(
        label=_("Where"), max_length=300, required=False, help_text=_("A video link, or: I call you.")
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=10, max_value=240, initial=30)
    buffer_minutes = forms.IntegerField(
        label=_("Minutes of pause after it"), min_value=0, max_value=120, initial=10
    )
    notice_hours = forms.IntegerField(
        label=_("Hours of notice"), min_value=0, max_value=336, initial=12, help_text=_("Nothing sooner.")
    )
    horizon_days = forms.IntegerField(label=_("Days ahead"), min_value=1, max_value=90, initial=21)
    time_zone = forms.ChoiceField(label=_("Your time zone"))

    def __init__(self, data: Any, *, hours: MeetingHours | None, zone: str) -> None:
        super().__init__(data)
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]
        for day, label in _DAYS.items():
            self.fields[day] = forms.CharField(
                label=label,
                max_length=120,
                required=False,
                initial="" if day in ("sat", "sun") else _STANDARD,
            )
        self.initial = {"time_zone": zone}
        if hours is not None:
            names = [name for name in self.base_fields if name not in WEEKDAYS]
            self.initial = {name: getattr(hours, name) for name in names} | {
                day: ", ".join("–".join(span) for span in hours.weekly.get(day, ())) for day in WEEKDAYS
            }

    @property
    def terms(self) -> list[Any]:
        """What holds for every call."""
        return [self[name] for name in self.base_fields]

    @property
    def week(self) -> list[Any]:
        """The hours of each day."""
        return [self[day] for day in WEEKDAYS]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        weekly = {day: self._spans(day, given.get(day, "")) for day in WEEKDAYS}
        if not self.errors and not any(weekly.values()):
            self.add_error("mon", _("Without any hours nobody can book a call."))
        return {name: value for name, value in given.items() if name not in WEEKDAYS} | {"weekly": weekly}

    def _spans(self, day: str, text: str) -> list[list[str]]:
        spans: list[list[str]] = []
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            first, _sign, last = part.replace("-", "–").replace(" ", "").partition("–")
            try:
                start, end = time.fromisoformat(first.zfill(5)), time.fromisoformat(last.zfill(5))
            except ValueError:
                self.add_error(day, _("“%s” is not a span of time such as 09:00–12:00.") % part)
                return []
            if end <= start or (spans and f"{start:%H:%M}" < spans[-1][1]):
                self.add_error(day, _("“%s” ends before it begins, or before the one before it.") % part)
                return []
            spans.append([f"{start:%H:%M}", f"{end:%H:%M}"])
        return spans
