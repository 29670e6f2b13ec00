"""Who may see what: the fields a pool's and a segment's form share."""

from dataclasses import dataclass
from typing import Any

from django import forms

from crm.models import Membership, Team
from talentpools.models import Pool, Segment


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Whom something can be shared with: (id, name) of people and of teams."""

    people: list[tuple[int, str]]
    teams: list[tuple[int, str]]


class AccessForm(forms.Form):
    """Adds `visibility`, `guests` and `teams` to a form."""

    visibility = forms.ChoiceField(
        label="Who may see it", choices=Pool.Visibility.choices, initial=Pool.Visibility.WORKSPACE
    )
    guests = forms.TypedMultipleChoiceField(
        label="Colleagues I name",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="When it is shared or confidential, they see it too.",
    )
    teams = forms.TypedMultipleChoiceField(
        label="Teams I name", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def share_with(self, colleagues: Colleagues) -> None:
        """Offer these people and teams."""
        guests, teams = self.fields["guests"], self.fields["teams"]
        guests.choices, teams.choices = colleagues.people, colleagues.teams  # type: ignore[attr-defined]
        if not colleagues.teams:
            del self.fields["teams"]

    @property
    def named(self) -> dict[str, Any]:
        """Whom the form names, for `access.name_guests`."""
        return {
            "user_ids": self.cleaned_data["guests"],
            "team_ids": self.cleaned_data.get("teams", []),
        }


def colleagues(*, workspace_id: int, but: int) -> Colleagues:
    """Everybody here but this user, and every team."""
    others = Membership.objects.filter(workspace_id=workspace_id, deactivated_at=None).exclude(user_id=but)
    people = [(one.user_id, str(one.user)) for one in others.select_related("user").order_by("user__name")]
    return Colleagues(people, list(Team.objects.order_by("name").values_list("pk", "name")))


def access_of(kept: Pool | Segment) -> dict[str, Any]:
    """What the form shows for a pool or segment that is there."""
    return {
        "visibility": kept.visibility,
        "guests": list(kept.guests.values_list("user_id", flat=True)),
        "teams": list(kept.teams.values_list("team_id", flat=True)),
    }
