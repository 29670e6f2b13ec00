from typing import Any

from django import forms

from journeys.models import Mailbox

MOST_DAYS = 90


class MailboxForm(forms.Form):
    """What one mailbox may send. Messages beyond it slide to the next day that has room; none is dropped."""

    daily_limit = forms.IntegerField(
        label="Messages a day",
        min_value=1,
        max_value=100_000,
        help_text="Automated messages only: what recruiters write themselves is never held back.",
    )
    spacing_seconds = forms.IntegerField(
        label="Seconds between two", min_value=0, max_value=86_400, help_text="60 is one a minute."
    )
    warm_up = forms.CharField(
        label="Warm-up plan",
        required=False,
        help_text="Limits of a new domain's first days, such as 20, 40, 80, 120. Empty: no plan.",
    )
    restarts = forms.BooleanField(
        label="The plan begins with the next message",
        required=False,
        help_text="Else it counts from this mailbox's first message.",
    )

    @staticmethod
    def read(row: Mailbox) -> dict[str, Any]:
        return {
            "daily_limit": row.daily_limit,
            "spacing_seconds": row.spacing_seconds,
            "warm_up": ", ".join(map(str, row.warm_up)),
            "restarts": not row.warm_up,
        }

    def clean_warm_up(self) -> list[int]:
        words = self.cleaned_data["warm_up"].replace(",", " ").split()
        if any(not word.isdecimal() or not 1 <= int(word[:7]) <= 100_000 for word in words):
            raise forms.ValidationError("Write whole numbers from 1 to 100,000, with commas between them.")
        if len(words) > MOST_DAYS:
            raise forms.ValidationError(f"A plan has at most {MOST_DAYS} days.")
        return [int(word) for word in words]
