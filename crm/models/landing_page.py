from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class LandingPage(WorkspaceOwned):
    """A public page of a few blocks about working here, in the workspace's own look."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LIVE = "live", "Live"
        CLOSED = "closed", "Closed"

    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    blocks = models.JSONField(default=list, help_text="see crm.policies.page_blocks")
    form = WorkspaceForeignKey(
        "crm.CaptureForm", models.SET_NULL, null=True, blank=True, related_name="landing_pages"
    )
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="landing_page_slug_once")]

    def __str__(self) -> str:
        return self.title
