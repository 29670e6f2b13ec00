from typing import Any

from django import forms

from crm.policies.form_questions import Asked
from journeys.policies.check_in_questions import LONGEST, MOST

SPARE = 3


class CheckInFormForm(forms.Form):
    """The questions of a check-in, one row each; an emptied row goes."""

    title = forms.CharField(label="Title", max_length=200, help_text="Readers see it above the questions.")

    def __init__(self, data: Any = None, *, before: dict[str, Any], offered: dict[str, Asked]) -> None:
        questions = before.get("questions", [])
        initial: dict[str, Any] = {"title": before.get("title", "")}
        for number, question in enumerate(questions):
            initial |= {f"label_{number}": question["label"], f"field_{number}": question["field"]}
        super().__init__(data, initial=initial)
        pairs = [("", "choose a field"), *((name, str(asked.label)) for name, asked in offered.items())]
        self.count = min(MOST, len(questions) + SPARE)
        for number in range(self.count):
            self.fields[f"place_{number}"] = forms.IntegerField(
                label="Place", min_value=1, max_value=99, required=False, initial=number + 1
            )
            self.fields[f"label_{number}"] = forms.CharField(
                label=f"Question {number + 1}", max_length=LONGEST, required=False
            )
            self.fields[f"field_{number}"] = forms.ChoiceField(
                label="The answer fills", choices=pairs, required=False
            )

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Place, question and field of each row."""
        return [(self[f"place_{n}"], self[f"label_{n}"], self[f"field_{n}"]) for n in range(self.count)]

    def asked(self) -> list[tuple[int, str, str]]:
        """(row, question, field) of the rows somebody wrote in, by their place."""
        given = self.cleaned_data
        written = [n for n in range(self.count) if given.get(f"label_{n}")]
        written.sort(key=lambda n: (given.get(f"place_{n}") or 99, n))
        return [(n, given[f"label_{n}"], given[f"field_{n}"]) for n in written]

    def blame(self, faults: dict[str, str]) -> None:
        """Say at each row what is wrong with it."""
        rows = [n for n, _label, _field in self.asked()]
        for name, sentence in faults.items():
            at, _dot, number = name.partition(".")
            if number.isdecimal():
                self.add_error(f"field_{rows[int(number)]}", sentence)
            else:
                self.add_error(at if at in self.fields else None, sentence)
