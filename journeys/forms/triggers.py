"""What brings people into a journey, and only the questions that belong to it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from journeys.forms import rejections
from journeys.forms.rejections import RejectionFields
from journeys.forms.steps import UNITS, Pairs, delay_of

TRIGGERS = [
    ("manual", "by hand"),
    ("segment.entered", "when somebody enters a segment"),
    ("application.rejected", "when an application is rejected"),
    ("event.attended", "when somebody attended an event"),
    ("form.submitted", "when somebody submits a form"),
    ("stage.changed", "when the CRM stage changes"),
    ("date", "on a date of the person"),
]
_ASKED: dict[str, tuple[str, ...]] = {
    "segment.entered": ("segment",),
    "application.rejected": rejections.FIELDS,
    "event.attended": ("event",),
    "form.submitted": ("form",),
    "stage.changed": ("from", "to"),
    "date": ("field", "amount", "unit", "side", "clock"),
}
_NEEDED = {"segment": "Choose the segment.", "field": "Choose the date."}
_SIDES = [("after", "after the date"), ("before", "before the date")]
# What an empty choice means.
_ANY = {"segment": "choose a segment", "field": "choose a date", "form": "any form", "event": "any event"}


class TriggerForm(RejectionFields):
    """How people enter. `choices` offers, by question, what may be chosen."""

    trigger = forms.ChoiceField(label="People enter", choices=TRIGGERS)
    segment = forms.ChoiceField(required=False)
    form = forms.ChoiceField(required=False)
    event = forms.ChoiceField(required=False)
    field = forms.ChoiceField(label="Date", required=False)
    amount = forms.IntegerField(label="How long", min_value=0, max_value=3_650, required=False, initial=0)
    unit = forms.ChoiceField(label="Unit", choices=UNITS, initial="days", required=False)
    side = forms.ChoiceField(label="Before or after", choices=_SIDES, initial="after", required=False)
    clock = forms.TimeField(
        label="At",
        required=False,
        help_text="Their local time. Empty: at midnight, or at the time of the date itself.",
        widget=forms.TimeInput(attrs={"type": "time"}),
    )

    def __init__(self, *args: Any, choices: Mapping[str, Pairs], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Words of the language, which a class body cannot take as names.
        for name in ("from", "to"):
            self.fields[name] = forms.ChoiceField(label=f"{name.capitalize()} stage", required=False)
        for name, pairs in choices.items():
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ChoiceField)
            chosen.choices = [("", _ANY.get(name, "any stage")), *pairs]
        asked = _ASKED.get(self.on, ())
        for name in {name for names in _ASKED.values() for name in names}.difference(asked):
            del self.fields[name]
        if self.on == "application.rejected" and rejections.is_plain(self.initial.get("rules")):
            del self.fields["keeps_rules"]
        self.order_fields(["name", "trigger", *asked])

    @property
    def on(self) -> str:
        """The trigger that is chosen."""
        return str(self.data.get("trigger") or self.initial.get("trigger") or "manual")

    @staticmethod
    def read_trigger(trigger: Mapping[str, Any]) -> dict[str, Any]:
        """The document's trigger as initial values."""
        values = {key: value for key, value in trigger.items() if key not in ("on", "offset")}
        offset = trigger.get("offset") or {}
        unit = next((unit for unit, _ in UNITS if unit in offset), "days")
        amount = offset.get(unit, 0)
        side = "before" if amount < 0 else "after"
        moved = {"amount": abs(amount), "unit": unit, "side": side, "clock": offset.get("at")}
        return {"trigger": trigger.get("on")} | values | moved | rejections.read(trigger.get("rules"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name, sentence in _NEEDED.items():
            if name in self.fields and not given.get(name):
                self.add_error(name, sentence)
        return given

    def written_trigger(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The trigger as the document keeps it; keys this form does not ask for stay."""
        given, asked = self.cleaned_data, _ASKED.get(self.on, ())
        kept = {key: value for key, value in before.items() if key not in (*asked, "offset", "rules")}
        trigger = (kept if before.get("on") == self.on else {}) | {"on": self.on}
        named = [name for name in asked if name in ("segment", "form", "event", "field", "from", "to")]
        trigger |= {name: given[name] for name in named if given.get(name)}
        if "segment" in trigger:
            trigger["segment"] = int(trigger["segment"])
        if self.on == "application.rejected" and (rules := self._rules(before)):
            trigger["rules"] = rules
        if self.on == "date" and (offset := self._offset()):
            trigger["offset"] = offset
        return trigger

    def _rules(self, before: Mapping[str, Any]) -> dict[str, Any] | None:
        if self.cleaned_data.get("keeps_rules"):
            return before.get("rules")
        return rejections.write(self.cleaned_data)

    def _offset(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        amount, clock = given.get("amount") or 0, given.get("clock")
        moved = delay_of(amount, given.get("unit") or "days", clock)
        if moved and given.get("side") == "before":
            moved = {key: -value if isinstance(value, int) else value for key, value in moved.items()}
        return moved
