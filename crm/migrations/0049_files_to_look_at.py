from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from crm.kernel.isolation import BypassView


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("crm", "0048_file_scans")]

    operations = [
        AddIndexConcurrently(
            "attachment",
            models.Index(
                fields=["text_state", "lease_until"],
                condition=models.Q(text_state__in=("waiting", "reading")) | models.Q(scan="waiting"),
                name="attachment_to_look_at",
            ),
        ),
        RemoveIndexConcurrently("attachment", "attachment_to_read"),
        BypassView(
            "crm_due_attachments",
            "SELECT workspace_id, min(added_at) AS waiting_since FROM crm_attachment"
            " WHERE (text_state IN ('waiting', 'reading') OR scan = 'waiting')"
            " AND (lease_until < now() OR (lease_until IS NULL AND added_at < now() - interval '15 seconds'))"
            " GROUP BY workspace_id",
            reads=["crm_attachment"],
        ),
    ]
