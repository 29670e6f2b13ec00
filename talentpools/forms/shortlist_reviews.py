from typing import Any

from django import forms

from talentpools.actions.shortlist_reviews import LIFETIME_DAYS
from talentpools.models import ReviewVerdict, ShortlistEntry


class InviteForm(forms.Form):
    """Whom to ask, with what words, for how long."""

    email = forms.EmailField(label="Hiring manager's e-mail", max_length=320)
    name = forms.CharField(label="Name", max_length=120, required=False)
    request = forms.CharField(
        label="What should they know?",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    days = forms.IntegerField(
        label="The link works for (days)", min_value=1, max_value=90, initial=LIFETIME_DAYS
    )


class VerdictForm(forms.Form):
    """Yes, no or star, with a reason and a note."""

    verdict = forms.ChoiceField(choices=ShortlistEntry.Verdict.choices)
    reason = forms.ChoiceField(
        label="Why?", choices=[("", "No particular reason"), *ReviewVerdict.Reason.choices], required=False
    )
    note = forms.CharField(
        label="Note for the recruiter",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("verdict", "reason", "note")}
