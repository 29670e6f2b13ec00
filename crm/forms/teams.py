from typing import Any

from django import forms

from crm.models import Membership


class TeamForm(forms.Form):
    """A team: its name and who is in it."""

    name = forms.CharField(max_length=80)
    members = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label="Who is in it"
    )

    def __init__(self, *args: Any, colleagues: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members: Any = self.fields["members"]
        members.choices = [(member.user_id, str(member.user)) for member in colleagues]
