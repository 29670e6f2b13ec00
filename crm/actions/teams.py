"""Teams: colleagues who share things by one name."""

from collections.abc import Collection

from django.db import IntegrityError, transaction

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Membership, Team, TeamMember, User


class TeamNameTaken(DomainError):
    """There is already a team of this name."""

    code = "name_taken"
    status = 409


@transaction.atomic
def create(*, name: str, user_ids: Collection[int], by: User | None) -> Team:
    """A new team of these colleagues. Refuses a taken name."""
    team = _save(Team(name=name.strip()))
    _name_members(team, user_ids)
    events.record("team.created", by=by, data={"team": team.pk, "members": len(set(user_ids))})
    return team


@transaction.atomic
def update(*, team: Team, name: str, user_ids: Collection[int], by: User | None) -> Team:
    """Rename the team and make exactly these colleagues its members. Refuses a taken name."""
    team.name = name.strip()
    _save(team)
    _name_members(team, user_ids)
    events.record("team.changed", by=by, data={"team": team.pk, "members": len(set(user_ids))})
    return team


@transaction.atomic
def delete(*, team: Team, by: User | None) -> None:
    """Delete the team; what was shared with it is no longer shared with its members."""
    events.record("team.deleted", by=by, data={"team": team.pk})
    team.delete()


def _name_members(team: Team, user_ids: Collection[int]) -> None:
    """Only people of this workspace can be members."""
    here = Membership.objects.filter(workspace_id=current_workspace_id(), user_id__in=user_ids)
    wanted = set(here.values_list("user_id", flat=True))
    TeamMember.objects.filter(team=team).exclude(user_id__in=wanted).delete()
    known = set(TeamMember.objects.filter(team=team).values_list("user_id", flat=True))
    TeamMember.objects.bulk_create([TeamMember(team=team, user_id=pk) for pk in sorted(wanted - known)])


def _save(team: Team) -> Team:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as clash:
        if "team_name_once" not in str(clash):
            raise
        sentence = f"There is already a team “{team.name}”."
        raise TeamNameTaken(sentence, fields={"name": sentence}) from clash
    return team
