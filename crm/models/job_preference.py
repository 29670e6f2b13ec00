from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class JobPreference(WorkspaceOwned):
    """The work a person says they look for, in their own words on their own page. One row a person.

    An empty list says nothing; nothing here is ever guessed.
    """

    class Remote(models.TextChoices):
        NO = "no", "At a place"
        YES = "yes", "Either"
        ONLY = "only", "Remote only"

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="job_preferences")
    role_families = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    seniorities = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    skills = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    places = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    remote = models.CharField(max_length=4, choices=Remote, blank=True)
    salary_floor = models.PositiveIntegerField(null=True, blank=True, help_text="a year, before tax")
    currency = models.CharField(max_length=3, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "candidate"], name="job_preference_once")]
