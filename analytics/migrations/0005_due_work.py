from django.db import migrations

from crm.kernel.isolation import BypassView


class Migration(migrations.Migration):
    dependencies = [("analytics", "0004_isolation_of_rollups_and_views")]

    operations = [
        BypassView(
            "analytics_due_folds",
            "SELECT w.id AS workspace_id, coalesce(m.folded_at, w.created_at) AS waiting_since"
            " FROM crm_workspace w LEFT JOIN analytics_foldmark m ON m.workspace_id = w.id"
            " WHERE m.id IS NULL OR m.folded_at < now() - interval '45 seconds'",
            reads=["crm_workspace", "analytics_foldmark"],
        ),
        BypassView(
            "analytics_due_mailings",
            "SELECT workspace_id, min(waiting_since) AS waiting_since FROM ("
            " SELECT workspace_id, next_at AS waiting_since FROM analytics_mailing WHERE next_at <= now()"
            " UNION ALL SELECT workspace_id, due_at FROM analytics_copy WHERE state = 'queued'"
            ") due GROUP BY workspace_id",
            reads=["analytics_mailing", "analytics_copy"],
        ),
    ]
