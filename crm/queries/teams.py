from django.db.models import QuerySet

from crm.models import Team, TeamMember


def teams() -> QuerySet[Team]:
    """Every team with its members and their names, by name."""
    return Team.objects.prefetch_related("members__user").order_by("name", "pk")


def team_ids_of(user_id: int) -> QuerySet[TeamMember, int]:
    """The teams somebody is in, as ids for a sub-select."""
    return TeamMember.objects.filter(user_id=user_id).values_list("team_id", flat=True)
