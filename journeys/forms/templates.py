from django import forms

from crm.models import RoleFamily
from journeys.models import Template


class TemplateForm(forms.Form):
    """A template of the content library."""

    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=Template.Kind.choices)
    role_family = forms.ChoiceField(
        label="For", choices=[("", "everybody"), *RoleFamily.choices], required=False,
        help_text="A variant of the same key is sent to people of that field.",
    )  # fmt: skip
    topic = forms.CharField(max_length=40, initial="talent_community", help_text="What people may decline.")
    subject = forms.CharField(max_length=300)
    body = forms.CharField(
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="Blank lines part paragraphs, [words](address) is a link. The unsubscribe link is added.",
    )
