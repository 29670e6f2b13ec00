from django import forms

from crm.models import Attachment
from crm.policies.file_types import OFFERED

ACCEPTED = ".pdf,.docx,.txt,.odt,.rtf,.png,.jpg,.jpeg"


class AttachmentForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text=f"{OFFERED}, up to 10 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    kind = forms.ChoiceField(choices=Attachment.Kind.choices, initial=Attachment.Kind.CV)
    dated_on = forms.DateField(label="Dated", required=False, widget=forms.DateInput(attrs={"type": "date"}))
