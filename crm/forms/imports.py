from django import forms


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="Any encoding, with commas, semicolons or tabs. The first line names the columns.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
