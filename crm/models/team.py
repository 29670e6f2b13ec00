from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Team(WorkspaceOwned):
    """Colleagues who share things by one name: pools, segments, saved views."""

    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(WorkspaceOwned):
    """Somebody who is in a team."""

    team = WorkspaceForeignKey("crm.Team", models.CASCADE, related_name="members")
    user = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "team", "user"], name="team_member_once")]
