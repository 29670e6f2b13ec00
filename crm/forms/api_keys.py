from django import forms

from crm.models import Role


class ApiKeyForm(forms.Form):
    name = forms.CharField(label="What is it for?", max_length=120)
    role = forms.ChoiceField(
        label="It may do what this role may do",
        choices=[choice for choice in Role.choices if choice[0] != Role.OWNER],
        initial=Role.RECRUITER,
    )
