from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class PoolTeam(WorkspaceOwned):
    """A team whose members may see a shared or confidential pool."""

    pool = WorkspaceForeignKey("talentpools.Pool", models.CASCADE, related_name="teams")
    team = WorkspaceForeignKey("crm.Team", models.CASCADE, related_name="+")

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "pool", "team"], name="pool_team_once")]


class SegmentGuest(WorkspaceOwned):
    """Somebody who may see a shared or confidential segment."""

    segment = WorkspaceForeignKey("talentpools.Segment", models.CASCADE, related_name="guests")
    user = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "segment", "user"], name="segment_guest_once")
        ]


class SegmentTeam(WorkspaceOwned):
    """A team whose members may see a shared or confidential segment."""

    segment = WorkspaceForeignKey("talentpools.Segment", models.CASCADE, related_name="teams")
    team = WorkspaceForeignKey("crm.Team", models.CASCADE, related_name="+")

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "segment", "team"], name="segment_team_once")
        ]


class AccessOverride(WorkspaceOwned):
    """An administrator's look at what was not shared with them: for an hour, for a reason, on record."""

    user = models.ForeignKey("crm.User", models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        indexes = [models.Index(fields=["workspace", "user", "expires_at"], name="access_override_open")]
