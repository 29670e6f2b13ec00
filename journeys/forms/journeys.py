"""Forms for a journey as a whole: its settings, its publishing, and who is to enter."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from journeys.forms.step_types import ACTIVITIES
from journeys.forms.steps import Pairs
from journeys.forms.triggers import TriggerForm
from journeys.policies.file_format import EXIT_REASONS

KEPT = "kept"
DAYS = [
    ("mon", "Mon"),
    ("tue", "Tue"),
    ("wed", "Wed"),
    ("thu", "Thu"),
    ("fri", "Fri"),
    ("sat", "Sat"),
    ("sun", "Sun"),
]


class SettingsForm(TriggerForm):
    """What holds for the whole journey."""

    name = forms.CharField(max_length=120)
    sender = forms.ChoiceField(label="Messages come from")
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
    goal = forms.ChoiceField(
        label="Goal",
        required=False,
        help_text="Whoever reaches it since entering has finished, and counts as reached.",
    )
    exit_on = forms.MultipleChoiceField(
        label="People leave when they",
        choices=[(reason, reason.replace("_", " ")) for reason in EXIT_REASONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, choices: Mapping[str, Pairs], senders: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, choices=choices, **kwargs)
        sender = self.fields["sender"]
        assert isinstance(sender, forms.ChoiceField)
        sender.choices = senders
        goal = self.fields["goal"]
        assert isinstance(goal, forms.ChoiceField)
        kept = [(KEPT, "the goal it has now")] if self.initial.get("goal") == KEPT else []
        goal.choices = [("", "none"), *kept, *ACTIVITIES]

    @staticmethod
    def read(document: dict[str, Any]) -> dict[str, Any]:
        """The document as initial values."""
        settings = document.get("settings", {})
        window = settings.get("window") or {"days": [day for day, _ in DAYS], "ranges": [["00:00", "00:00"]]}
        return TriggerForm.read_trigger(document.get("trigger", {})) | {
            "name": document.get("name"),
            "sender": str(settings.get("sender", "owner")),
            "days": window["days"],
            "start": window["ranges"][0][0],
            "end": window["ranges"][-1][1],
            "holidays": settings.get("holidays") == "candidate_country",
            "priority": settings.get("priority", 50),
            "reentry": (settings.get("reentry") or {}).get("after_days"),
            "holdout": settings.get("holdout_percent", 0),
            "exit_on": settings.get("exit_on", []),
            "goal": _goal_key(settings.get("goal")),
        }

    @staticmethod
    def so_far(filled: QueryDict) -> dict[str, Any]:
        """What was filled in before another trigger was chosen."""
        if "trigger" not in filled:
            return {}
        many = {name: filled.getlist(name) for name in ("days", "exit_on")}
        return filled.dict() | many | {"holidays": "holidays" in filled}

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
            "sender": given["sender"] if given["sender"] == "owner" else int(given["sender"]),
        }
        settings.pop("reentry", None)
        if "goal" in self.data and given["goal"] != KEPT:
            settings.pop("goal", None)
            if given["goal"]:
                settings["goal"] = {"activity": given["goal"], "op": "at_least", "count": 1}
        if given["reentry"] is not None:
            settings["reentry"] = {"after_days": given["reentry"]}
        trigger = self.written_trigger(document.get("trigger", {}))
        return document | {"name": given["name"], "trigger": trigger, "settings": settings}

    def _window(self, before: dict[str, Any]) -> dict[str, Any]:
        start, end = (self.cleaned_data[name].strftime("%H:%M") for name in ("start", "end"))
        ranges = before.get("ranges") or [[start, end]]
        # A lunch break written in the file stays; only the day's edges are edited here.
        ranges = [list(pair) for pair in ranges]
        ranges[0][0], ranges[-1][1] = start, end
        return {"zone": "candidate"} | before | {"days": self.cleaned_data["days"], "ranges": ranges}


def _goal_key(goal: dict[str, Any] | None) -> str:
    """The goal as the form offers it; one that only a file can say stays as it is."""
    if not goal:
        return ""
    plain = {"activity": goal.get("activity"), "op": "at_least", "count": 1}
    return str(goal["activity"]) if goal == plain and goal["activity"] in dict(ACTIVITIES) else KEPT


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

    def __init__(self, data: Any = None, *, has_people: bool, has_segment: bool) -> None:
        super().__init__(data)
        if not has_people:
            del self.fields["inside"]
        if not has_segment:
            del self.fields["enroll_members"]


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
    """A journey file from another workspace: chosen, or carried along once it was looked at."""

    file = forms.FileField(label="Journey file (JSON)", required=False)

    def document(self) -> Any:
        """What the file holds; None when it is no JSON."""
        try:
            if "document" in self.data:
                return json.loads(self.data["document"])
            file = self.cleaned_data.get("file") if self.is_valid() else None
            return json.load(file) if file else None
        except (ValueError, RecursionError):
            return None
