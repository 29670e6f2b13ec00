from django.db import migrations

from crm.kernel.isolation import BypassView, IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0028_engagement_scale")]

    operations = [
        IsolateTable("EngagementRun"),
        BypassView(
            "crm_due_engagement",
            "SELECT workspace_id, min(started_at) AS waiting_since FROM crm_engagementrun"
            " WHERE finished_at IS NULL GROUP BY workspace_id",
            reads=["crm_engagementrun"],
        ),
    ]
