from typing import Any

from django import forms

from crm.models import RoleFamily
from talentpools.actions.pools import Draft
from talentpools.forms.access import AccessForm, Colleagues


class PoolForm(AccessForm):
    name = forms.CharField(max_length=120)
    description = forms.CharField(max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    role_family = forms.ChoiceField(choices=[("", "None in particular"), *RoleFamily.choices], required=False)
    field_order = ["name", "description", "role_family", "visibility", "guests", "teams"]

    def __init__(self, *args: Any, colleagues: Colleagues, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.share_with(colleagues)

    def draft(self) -> Draft:
        """The pool these values describe."""
        columns = ("name", "description", "role_family", "visibility")
        return Draft(**{key: self.cleaned_data[key] for key in columns})
