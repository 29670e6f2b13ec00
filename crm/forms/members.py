from django import forms

from crm.models import Role


class InvitationForm(forms.Form):
    email = forms.EmailField(label="Work e-mail", max_length=254)
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.RECRUITER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=[*Role.choices, ("", "—")], required=False)
    is_active = forms.BooleanField(required=False)


class JoinForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=120)
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput, min_length=10, help_text="At least ten characters."
    )
