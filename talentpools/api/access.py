"""`visibility`, `guests` and `teams` of pools and segments, and the teams there are."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.kernel.tenancy import current_workspace_id
from crm.models import Membership, Team
from crm.queries.teams import teams
from talentpools.actions import access
from talentpools.forms.access import access_of
from talentpools.models import Pool, Segment


def ids() -> Any:
    """A list of ids, not required."""
    one = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    return serializers.ListField(child=one, required=False, max_length=1_000)


class AccessBody(StrictSerializer):
    """Whom something is shared with."""

    visibility = serializers.ChoiceField(Pool.Visibility.choices, required=False)
    guests = ids()
    teams = ids()

    def validate_guests(self, given: list[int]) -> list[int]:
        here = Membership.objects.filter(workspace_id=current_workspace_id(), user_id__in=given)
        return _known(given, set(here.values_list("user_id", flat=True)), "user")

    def validate_teams(self, given: list[int]) -> list[int]:
        found = Team.objects.filter(pk__in=given).values_list("pk", flat=True)
        return _known(given, set(found), "team")


class Teams(Resource):
    """Colleagues who share things by one name."""

    permission = {"GET": "pools.view"}

    def get(self, request: Request) -> Response:
        """The teams with the users in them."""
        return page(request, teams(), shape)


def shape(team: Team) -> dict[str, Any]:
    return {"id": team.pk, "name": team.name, "members": sorted(one.user_id for one in team.members.all())}


def take_named(given: dict[str, Any]) -> dict[str, list[int]]:
    """Take whom the body names out of it; empty when it names nobody."""
    return {key: given.pop(key) for key in ("guests", "teams") if key in given}


def name(request: Request, kept: Pool | Segment, named: dict[str, list[int]]) -> None:
    """Share it with those named; what the body left out stays as it is."""
    if named:
        wanted = access_of(kept) | named
        access.name_guests(kept=kept, user_ids=wanted["guests"], team_ids=wanted["teams"], by=actor(request))


def check_seen(request: Request, visibility: str, named: dict[str, list[int]]) -> None:
    """A key without a person behind it may not make what then nobody could see."""
    if actor(request) is None and visibility != Pool.Visibility.WORKSPACE and not any(named.values()):
        raise ValidationError(
            {"visibility": ["This key has no owner: name guests or teams, or nobody sees it."]}
        )


def _known(given: list[int], known: set[int], noun: str) -> list[int]:
    if unknown := [pk for pk in given if pk not in known]:
        raise ValidationError(f"There is no {noun} {unknown[0]} here.")
    return given
