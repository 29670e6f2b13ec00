from typing import Any

from django import forms

from crm.models import Requisition, RoleFamily, Seniority

_NOBODY = ("", "—")


class RequisitionForm(forms.Form):
    """A requisition made or changed by hand."""

    title = forms.CharField(label="Title", max_length=200)
    code = forms.CharField(label="Number", max_length=60, required=False)
    status = forms.ChoiceField(label="Status", choices=Requisition.Status.choices, initial="open")
    openings = forms.IntegerField(label="Openings", min_value=1, max_value=30_000, initial=1)
    role_family = forms.ChoiceField(
        label="Role family", choices=[_NOBODY, *RoleFamily.choices], required=False
    )
    seniority = forms.ChoiceField(label="Level", choices=[_NOBODY, *Seniority.choices], required=False)
    skills = forms.CharField(
        label="Skills",
        max_length=2000,
        required=False,
        help_text="Separated by commas; matches are ranked by them.",
    )
    department = forms.CharField(label="Department", max_length=120, required=False)
    location = forms.CharField(label="Location", max_length=120, required=False, help_text="The city first.")
    country = forms.RegexField(
        r"^([A-Za-z]{2})?$", label="Country", required=False, help_text="Two letters, such as DE or US."
    )
    is_remote = forms.BooleanField(label="Can be done from anywhere", required=False)
    pay_to = forms.IntegerField(
        label="Pays up to, a year", required=False, min_value=0, max_value=2_000_000_000,
        help_text="Job alerts leave out who asked for more. Never shown in a mail.",
    )  # fmt: skip
    recruiter = forms.TypedChoiceField(label="Recruiter", coerce=int, empty_value=None, required=False)
    hiring_manager = forms.TypedChoiceField(
        label="Hiring manager", coerce=int, empty_value=None, required=False
    )
    description = forms.CharField(
        label="Description", widget=forms.Textarea(attrs={"rows": 5}), required=False
    )

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("recruiter", "hiring_manager"):
            field: Any = self.fields[name]
            field.choices = [_NOBODY, *((str(pk), label) for pk, label in colleagues)]

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the requisition this form names."""
        columns = dict(self.cleaned_data)
        columns["recruiter_id"] = columns.pop("recruiter")
        columns["hiring_manager_id"] = columns.pop("hiring_manager")
        columns["skills"] = [skill.strip() for skill in columns["skills"].split(",") if skill.strip()]
        columns["country"] = columns["country"].upper()
        return columns

    def clean_skills(self) -> str:
        skills = str(self.cleaned_data["skills"])
        if any(len(skill.strip()) > 80 for skill in skills.split(",")):
            raise forms.ValidationError("One of these is longer than 80 letters.")
        return skills


def values_of(requisition: Requisition) -> dict[str, Any]:
    """What the form shows for a requisition."""
    names = (
        "title", "code", "status", "openings", "role_family", "seniority", "department", "location",
        "country", "is_remote", "pay_to", "description",
    )  # fmt: skip
    return {name: getattr(requisition, name) for name in names} | {
        "skills": ", ".join(requisition.skills),
        "recruiter": requisition.recruiter_id or "",
        "hiring_manager": requisition.hiring_manager_id or "",
    }
