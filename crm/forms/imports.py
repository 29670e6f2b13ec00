from django import forms


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV or XLSX file",
        help_text="A CSV of any encoding and delimiter, or the first sheet of a workbook; its first line "
        "names the columns.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
    )


class LeaversForm(forms.Form):
    """A list of people who left."""

    file = forms.FileField(
        label="CSV file",
        help_text="Columns: name, e-mail, left on, good terms, would rehire. Others are left out.",
    )
