"""The form of each type of step; branches and splits are here, the plainer ones in `steps`."""

from typing import Any

from django import forms

from journeys.forms.steps import (
    UNITS,
    CheckInStepForm,
    Choices,
    EnrollStepForm,
    JobAlertForm,
    MessageForm,
    NotifyForm,
    StepForm,
    TaskForm,
    UpdateForm,
    delay_of,
    delay_values,
)

ACTIVITIES = [
    ("form.submitted", "submitted a form"),
    ("event.attended", "attended an event"),
    ("meeting.booked", "booked a meeting"),
    ("message.replied", "replied"),
    ("message.clicked", "clicked a link"),
]


# The questions of each kind of condition.
_ASKED: dict[str, tuple[str, ...]] = {
    "message": ("message", "was"),
    "activity": ("activity", "within_days"),
    "segment": ("segment",),
}


class SplitForm(StepForm):
    first = forms.IntegerField(
        label="Share of the first arm, in percent", min_value=1, max_value=99, initial=50
    )

    @classmethod
    def read(cls, step: dict[str, Any]) -> dict[str, Any]:
        return super().read(step) | {"first": (step.get("arms") or [{"weight": 50}])[0].get("weight", 50)}

    def write(self, step: dict[str, Any]) -> dict[str, Any]:
        written = super().write(step)
        arms = [dict(arm) for arm in written["arms"]]
        arms[0]["weight"] = self.cleaned_data["first"]
        if len(arms) == 2:
            arms[1]["weight"] = 100 - self.cleaned_data["first"]
        return written | {"arms": arms}


class BranchForm(StepForm):
    kind = forms.ChoiceField(
        label="If",
        choices=[
            ("message", "a message of this journey was …"),
            ("activity", "the person did something"),
            ("segment", "the person is in a segment"),
            ("kept", "rules of its own hold"),
        ],
    )
    message = forms.ChoiceField(label="Message", required=False)
    was = forms.ChoiceField(
        label="was",
        required=False,
        choices=[(word, word) for word in ("clicked", "replied", "delivered", "opened")],
    )
    activity = forms.ChoiceField(label="Activity", choices=ACTIVITIES, required=False)
    within_days = forms.IntegerField(label="Within days", min_value=1, max_value=3_650, required=False)
    segment = forms.ChoiceField(label="Segment", required=False)
    wait_amount = forms.IntegerField(
        label="Give it time",
        min_value=0,
        max_value=365,
        initial=0,
        help_text="Yes as soon as it holds; no after that.",
    )
    wait_unit = forms.ChoiceField(label="Unit of that time", choices=UNITS, initial="days")

    def offer(self, choices: Choices) -> None:
        self._choose("message", choices.messages)
        self._choose("segment", choices.segments)
        asked = _ASKED.get(self.asks, ())
        for name in {name for names in _ASKED.values() for name in names}.difference(asked):
            del self.fields[name]

    @property
    def asks(self) -> str:
        """The kind of condition that is chosen."""
        return str(self.data.get("kind") or self.initial.get("kind") or "message")

    @classmethod
    def read(cls, step: dict[str, Any]) -> dict[str, Any]:
        rule = step.get("if") or {}
        waits = delay_values(step.get("wait"), "wait_")
        return super().read(step) | waits | _condition_values(rule)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        kind = given.get("kind", "")
        if kind in ("message", "segment") and not given.get(kind):
            self.add_error(kind, "Choose one.")
        return given

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        wait = delay_of(given["wait_amount"], given["wait_unit"], None)
        return {"wait": wait} | ({} if given["kind"] == "kept" else {"if": _condition(given)})

    def write(self, step: dict[str, Any]) -> dict[str, Any]:
        return {"then": step.get("then", []), "else": step.get("else", [])} | super().write(step)


def _condition(given: dict[str, Any]) -> dict[str, Any]:
    if given["kind"] == "message":
        return {"message": {"step": given["message"], "was": given["was"] or "clicked"}}
    if given["kind"] == "segment":
        return {"segment": int(given["segment"])}
    rule: dict[str, Any] = {"activity": given["activity"], "op": "at_least", "count": 1}
    return rule | ({"within_days": given["within_days"]} if given["within_days"] else {})


def _condition_values(rule: dict[str, Any]) -> dict[str, Any]:
    if message := rule.get("message"):
        return {"kind": "message", "message": message.get("step"), "was": message.get("was")}
    if rule.get("activity") in dict(ACTIVITIES) and rule.get("op") == "at_least":
        return {"kind": "activity", "activity": rule["activity"], "within_days": rule.get("within_days")}
    if rule.get("segment"):
        return {"kind": "segment", "segment": rule["segment"]}
    return {"kind": "kept"}


FORMS: dict[str, type[StepForm]] = {
    "message": MessageForm,
    "check_in": CheckInStepForm,
    "job_alert": JobAlertForm,
    "task": TaskForm,
    "wait": StepForm,
    "branch": BranchForm,
    "split": SplitForm,
    "update": UpdateForm,
    "notify": NotifyForm,
    "enroll": EnrollStepForm,
    "end": StepForm,
}
