from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Pool(WorkspaceOwned):
    """People worth keeping warm for one kind of job. Private until shared."""

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Only me"
        SHARED = "shared", "People and teams I name"
        WORKSPACE = "workspace", "Everybody here"
        CONFIDENTIAL = "confidential", "Confidential: only whom I name may know that it exists"

    name = models.CharField(max_length=120)
    description = models.CharField(max_length=400, blank=True)
    role_family = models.CharField(max_length=40, blank=True)
    visibility = models.CharField(max_length=14, choices=Visibility, default=Visibility.WORKSPACE)
    owner = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=models.Q(archived_at=None), name="pool_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Member(WorkspaceOwned):
    """A candidate's stay in a pool. `left_at` is empty while they are in it; history is kept."""

    pool = WorkspaceForeignKey("talentpools.Pool", models.CASCADE, related_name="members")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="pool_members")
    added_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "pool", "candidate"],
                condition=models.Q(left_at=None),
                name="pool_member_once",
            )
        ]


class PoolGuest(WorkspaceOwned):
    """Somebody named by the owner of a shared or confidential pool, who may see it."""

    pool = WorkspaceForeignKey("talentpools.Pool", models.CASCADE, related_name="guests")
    user = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "pool", "user"], name="pool_guest_once")]
