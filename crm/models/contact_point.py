from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class ContactKind(models.TextChoices):
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    LINK = "link", "Link"
    EXTERNAL = "external", "Id elsewhere"


class ContactPoint(WorkspaceOwned):
    """A way to reach a person: an address, a phone number, a profile link.

    `normalized` is what duplicates are found by: lower-case address, E.164 number, link without scheme.
    Two people may hold the same one; a person decides what that means.
    """

    Kind = ContactKind

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=500)
    normalized = models.CharField(max_length=500)
    label = models.CharField(max_length=40, blank=True)
    is_primary = models.BooleanField(default=False)
    bounced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "candidate", "kind", "normalized"], name="contact_point_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "candidate", "kind"],
                condition=models.Q(is_primary=True),
                name="contact_point_one_primary",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "kind", "normalized"], name="contact_point_lookup")]


class RemovedContactPoint(WorkspaceOwned):
    """A way of contact somebody took off, kept for a month so that it can be put back."""

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="removed_contact_points")
    kind = models.CharField(max_length=8, choices=ContactKind)
    value = models.CharField(max_length=500)
    normalized = models.CharField(max_length=500)
    label = models.CharField(max_length=40, blank=True)
    was_primary = models.BooleanField(default=False)
    bounced_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(auto_now_add=True)
