from typing import Any

from django import forms

from crm.kernel.errors import DomainError
from crm.models import CustomField


class CustomFieldForm(forms.Form):
    """A field of the workspace's own; the kind is chosen once."""

    label = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(
        choices=CustomField.Kind.choices, help_text="Cannot be changed later: values are kept in it."
    )
    choices = forms.CharField(
        label="Options",
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For choices: one on a line, in the order they are offered.",
    )

    def __init__(self, data: Any = None, *, field: CustomField | None = None) -> None:
        initial = {"label": field.label, "choices": "\n".join(map(str, field.choices))} if field else {}
        super().__init__(data, initial=initial)
        if field:
            del self.fields["kind"]
            if field.kind not in (CustomField.Kind.CHOICE, CustomField.Kind.SET):
                del self.fields["choices"]

    def given(self) -> dict[str, Any]:
        """The values as the actions take them."""
        values = dict(self.cleaned_data)
        return values | {"choices": values.get("choices", "").splitlines()}

    def show_faults(self, refusal: DomainError) -> None:
        """Put what the action refused beside the fields it is about."""
        ours = {name: sentence for name, sentence in refusal.fields.items() if name in self.fields}
        for name, sentence in ours.items():
            self.add_error(name, sentence)
        if not ours:
            self.add_error(None, refusal.sentence)
