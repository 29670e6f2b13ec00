"""Forms for a journey as a whole: its settings, its publishing, and who is to enter."""

from typing import Any

from django import forms

from journeys.forms.steps import Pairs
from journeys.policies.file_format import EXIT_REASONS

DAYS = [
    ("mon", "Mon"),
    ("tue", "Tue"),
    ("wed", "Wed"),
    ("thu", "Thu"),
    ("fri", "Fri"),
    ("sat", "Sat"),
    ("sun", "Sun"),
]
TRIGGERS = [
    ("manual", "by hand"),
    ("segment.entered", "when somebody enters a segment"),
    ("application.rejected", "when an application is rejected"),
    ("event.attended", "when somebody attended an event"),
    ("form.submitted", "when somebody submits a form"),
    ("stage.changed", "when the CRM stage changes"),
    ("date", "on a date of the person"),
]


class SettingsForm(forms.Form):
    """What holds for the whole journey."""

    name = forms.CharField(max_length=120)
    trigger = forms.ChoiceField(label="People enter", choices=TRIGGERS)
    segment = forms.ChoiceField(required=False, help_text="For “enters a segment”.")
    days = forms.MultipleChoiceField(
        label="Mail leaves on", choices=DAYS, widget=forms.CheckboxSelectMultiple
    )
    start = forms.TimeField(label="From", widget=forms.TimeInput(attrs={"type": "time"}))
    end = forms.TimeField(label="Until", widget=forms.TimeInput(attrs={"type": "time"}))
    holidays = forms.BooleanField(label="Not on public holidays where the person lives", required=False)
    priority = forms.IntegerField(
        min_value=0, max_value=1_000, help_text="When two journeys want the same slot, the higher one goes."
    )
    reentry = forms.IntegerField(
        label="May enter again after days",
        min_value=0,
        max_value=3_650,
        required=False,
        help_text="Empty: never again.",
    )
    holdout = forms.IntegerField(
        label="Leave out, in percent",
        min_value=0,
        max_value=90,
        help_text="A random group that shows the lift.",
    )
    exit_on = forms.MultipleChoiceField(
        label="People leave when they",
        choices=[(reason, reason.replace("_", " ")) for reason in EXIT_REASONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, segments: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["segment"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", "choose a segment"), *segments]

    @staticmethod
    def read(document: dict[str, Any]) -> dict[str, Any]:
        """The document as initial values."""
        settings = document.get("settings", {})
        window = settings.get("window") or {"days": [day for day, _ in DAYS], "ranges": [["00:00", "00:00"]]}
        return {
            "name": document.get("name"),
            "trigger": document.get("trigger", {}).get("on"),
            "segment": document.get("trigger", {}).get("segment"),
            "days": window["days"],
            "start": window["ranges"][0][0],
            "end": window["ranges"][-1][1],
            "holidays": settings.get("holidays") == "candidate_country",
            "priority": settings.get("priority", 50),
            "reentry": (settings.get("reentry") or {}).get("after_days"),
            "holdout": settings.get("holdout_percent", 0),
            "exit_on": settings.get("exit_on", []),
        }

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("trigger") == "segment.entered" and not given.get("segment"):
            self.add_error("segment", "Choose the segment.")
        return given

    def write(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with what was filled in."""
        given = self.cleaned_data
        before = document.get("settings", {})
        settings = before | {
            "window": self._window(before.get("window") or {}),
            "holidays": "candidate_country" if given["holidays"] else "none",
            "priority": given["priority"],
            "holdout_percent": given["holdout"],
            "exit_on": given["exit_on"],
        }
        settings.pop("reentry", None)
        if given["reentry"] is not None:
            settings["reentry"] = {"after_days": given["reentry"]}
        return document | {"name": given["name"], "trigger": self._trigger(document), "settings": settings}

    def _window(self, before: dict[str, Any]) -> dict[str, Any]:
        start, end = (self.cleaned_data[name].strftime("%H:%M") for name in ("start", "end"))
        ranges = before.get("ranges") or [[start, end]]
        # A lunch break written in the file stays; only the day's edges are edited here.
        ranges = [list(pair) for pair in ranges]
        ranges[0][0], ranges[-1][1] = start, end
        return {"zone": "candidate"} | before | {"days": self.cleaned_data["days"], "ranges": ranges}

    def _trigger(self, document: dict[str, Any]) -> dict[str, Any]:
        on = self.cleaned_data["trigger"]
        if on == "segment.entered":
            return {"on": on, "segment": int(self.cleaned_data["segment"])}
        before = document.get("trigger", {})
        return before if before.get("on") == on else {"on": on}


class PublishForm(forms.Form):
    """What becomes of the people inside, and who enters at once."""

    inside = forms.ChoiceField(
        label="People inside",
        choices=[
            ("stay", "stay on the version they are on"),
            ("move", "move to the new version, when they stand before the first change"),
            ("end", "leave the journey now"),
        ],
        widget=forms.RadioSelect,
        initial="stay",
    )
    enroll_members = forms.BooleanField(label="Enroll the people who are in the segment now", required=False)


class EnrollForm(forms.Form):
    """Who is to enter: a segment's members, or people named by their number."""

    segment = forms.ChoiceField(required=False)
    candidates = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, segments: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["segment"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", "choose a segment"), *segments]

    def clean_candidates(self) -> list[int]:
        words = self.cleaned_data["candidates"].replace(",", " ").split()
        if any(not word.isdecimal() or len(word) > 18 for word in words):
            raise forms.ValidationError("People are named by their number.")
        return [int(word) for word in words]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("segment") and not given.get("candidates"):
            self.add_error("segment", "Choose who is to enter.")
        return given


class ImportForm(forms.Form):
    """A journey file from another workspace."""

    file = forms.FileField(label="Journey file (JSON)")
