from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    RECRUITER = "recruiter", "Recruiter"
    HIRING_MANAGER = "hiring_manager", "Hiring manager"
    ANALYST = "analyst", "Analyst"


class Membership(models.Model):
    """A user's role in a workspace. Read before any scope exists, so it is not a tenant table."""

    workspace = models.ForeignKey("crm.Workspace", models.CASCADE, related_name="memberships")
    user = models.ForeignKey("crm.User", models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="membership_once")]

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


class Invitation(WorkspaceOwned):
    """A mail that lets somebody join with a role. Its link is signed; nothing secret is stored."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    invited_by = models.ForeignKey("crm.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            )
        ]


class ApiKey(WorkspaceOwned):
    """A program's way in: `rk_<workspace>_<id>_<secret>`; only the secret's SHA-256 is kept."""

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role)
    scopes = models.JSONField(default=list, blank=True)
    secret_hash = models.CharField(max_length=64)
    hint = models.CharField(max_length=8)
    created_by = models.ForeignKey("crm.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class IdempotencyRecord(WorkspaceOwned):
    """The answer a POST with this Idempotency-Key got, replayed for 24 hours."""

    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="idempotency_key_once")]
