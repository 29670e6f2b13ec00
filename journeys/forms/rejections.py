"""Which rejections let somebody in: the rules of the `application.rejected` trigger as plain questions."""

from collections.abc import Mapping
from typing import Any

from django import forms

from crm.models import HiringStage, RoleFamily

FIELDS = ("furthest", "reasons", "families", "within_days", "keeps_rules")
_KEYS = {
    "furthest": "furthest_stage_at_least",
    "reasons": "rejection_reason_in",
    "families": "role_family_in",
    "within_days": "ended_within_days",
}
_STAGES = [("", "any stage"), *(pair for pair in HiringStage.choices if pair[0] != HiringStage.HIRED)]


class RejectionFields(forms.Form):
    """Asked when the trigger is a rejection; what is left empty does not matter."""

    furthest = forms.ChoiceField(label="Got at least as far as", choices=_STAGES, required=False)
    reasons = forms.CharField(
        label="Rejected because of",
        required=False,
        max_length=400,
        help_text="Reasons with commas between, such as timing, headcount, runner_up. Empty: any reason.",
    )
    families = forms.MultipleChoiceField(
        label="For jobs in",
        choices=RoleFamily.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: any.",
    )
    within_days = forms.IntegerField(
        label="Rejected within days",
        min_value=0,
        max_value=3_650,
        required=False,
        help_text="Leaves out old rejections that are only read now. Empty: whenever.",
    )
    keeps_rules = forms.BooleanField(
        label="Keep the rules it has now",
        required=False,
        help_text="They say more than the questions above.",
    )


def read(rules: Mapping[str, Any] | None) -> dict[str, Any]:
    """The rules as initial values; rules these questions cannot say are kept as they are."""
    if not rules:
        return {}
    found = rules.get("application")
    if not is_plain(rules) or not isinstance(found, Mapping):
        return {"keeps_rules": True}
    values = {name: found[key] for name, key in _KEYS.items() if key in found}
    return values | {"reasons": ", ".join(found.get("rejection_reason_in", ()))}


def is_plain(rules: Mapping[str, Any] | None) -> bool:
    """Whether the questions of this form say all of these rules."""
    if not rules:
        return True
    found = rules.get("application")
    known = {*_KEYS.values(), "outcome"}
    return (
        set(rules) == {"application"}
        and isinstance(found, Mapping)
        and set(found) <= known
        and found.get("outcome", "rejected") == "rejected"
        and set(found.get("role_family_in", ())) <= set(RoleFamily.values)
    )


def write(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rules that were filled in; None when every rejection counts."""
    reasons = [" ".join(word.split()) for word in given["reasons"].split(",") if word.strip()]
    asked = {
        "furthest_stage_at_least": given["furthest"],
        "rejection_reason_in": reasons,
        "role_family_in": given["families"],
        "ended_within_days": given["within_days"],
    }
    found = {key: value for key, value in asked.items() if value not in ("", [], None)}
    return {"application": found | {"outcome": "rejected"}} if found else None
