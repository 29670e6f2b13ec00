from django.db import models

from crm.kernel.encryption import EncryptedJSONField
from crm.kernel.tenancy import WorkspaceOwned


class BusyCalendar(WorkspaceOwned):
    """A calendar a recruiter keeps elsewhere: while something stands in it, nobody books a call.

    Read by its secret iCalendar address. Of what stands in it only the hours are kept.
    """

    host = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=120, help_text="what it calls itself, or the server it is on")
    address = EncryptedJSONField()
    busy = models.JSONField(default=list, help_text="[[from, until], …] in UTC, in order, none overlapping")
    due_at = models.DateTimeField(null=True, blank=True, help_text="when it is read next")
    read_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [
            models.Index(fields=["workspace", "host"], name="busy_calendar_of_host"),
            models.Index(fields=["workspace", "due_at"], name="busy_calendar_due"),
        ]

    def __str__(self) -> str:
        return self.name
