from typing import Any

from django import forms

from crm.models import Membership, RoleFamily
from talentpools.actions.pools import Draft
from talentpools.models import Pool


class PoolForm(forms.Form):
    name = forms.CharField(max_length=120)
    description = forms.CharField(max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    role_family = forms.ChoiceField(choices=[("", "None in particular"), *RoleFamily.choices], required=False)
    visibility = forms.ChoiceField(
        label="Who may see it", choices=Pool.Visibility.choices, initial=Pool.Visibility.WORKSPACE
    )
    guests = forms.TypedMultipleChoiceField(
        label="Colleagues I name",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For a confidential pool: they see it too.",
    )

    def __init__(self, *args: Any, colleagues: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guests: Any = self.fields["guests"]
        guests.choices = [(member.user_id, str(member.user)) for member in colleagues]

    def draft(self) -> Draft:
        """The pool these values describe."""
        values = {key: value for key, value in self.cleaned_data.items() if key != "guests"}
        return Draft(**values)
