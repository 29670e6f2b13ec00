from django.db import models
from django.db.models.functions import Lower


class Workspace(models.Model):
    """One tenant. Everything a recruiter sees belongs to exactly one."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    legal_name = models.CharField(max_length=200, blank=True)
    postal_address = models.CharField(max_length=400, blank=True)
    # Contact pressure over all journeys, campaigns and recruiters (specs: journeys, timing rule 5).
    minimum_gap_days = models.PositiveSmallIntegerField(default=7)
    cap_messages = models.PositiveSmallIntegerField(default=3)
    cap_days = models.PositiveSmallIntegerField(default=30)
    # When automated mail stops by itself (crm.actions.sender_health), in percent of what left in seven days.
    bounce_stop_percent = models.FloatField(default=8.0, db_default=8.0)
    complaint_stop_percent = models.FloatField(default=0.3, db_default=0.3)
    sending_stopped_at = models.DateTimeField(null=True, blank=True)
    sending_stopped_why = models.CharField(max_length=300, blank=True, default="", db_default="")
    sending_resumed_at = models.DateTimeField(null=True, blank=True)
    attribution_days = models.PositiveSmallIntegerField(default=365)
    # Rules of engagement: how long a relation stays its owner's without a human touch; 0 is for good.
    ownership_days = models.PositiveSmallIntegerField(default=90, db_default=90)
    is_ownership_strict = models.BooleanField(default=False, db_default=False)
    # Kept by crm.actions.duplicates: the number in the navigation, and up to when changes were looked at.
    duplicates_open = models.PositiveIntegerField(default=0, db_default=0)
    duplicates_checked_at = models.DateTimeField(null=True, blank=True)
    # How engagement is scored here (specs: engagement); no weights are the standard ones.
    engagement_weights = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    engagement_half_life_days = models.FloatField(default=60.0, db_default=60.0)
    engagement_warm = models.FloatField(default=15.0, db_default=15.0)
    engagement_hot = models.FloatField(default=50.0, db_default=50.0)
    engagement_epoch_days = models.FloatField(
        default=0.0, db_default=0.0, help_text="where the days of a key begin; moves with the half-life"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("slug"), name="workspace_slug_any_case")]

    def __str__(self) -> str:
        return self.name
