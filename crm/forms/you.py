from django import forms


class YouForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="Mails to candidates are signed with it; colleagues see it.",
    )
