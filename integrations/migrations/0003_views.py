from django.db import migrations

from crm.kernel.isolation import BypassView


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_isolation")]

    operations = [
        BypassView(
            "integrations_due_syncs",
            "SELECT workspace_id, min(waiting_since) AS waiting_since FROM ("
            " SELECT workspace_id, next_sync_at AS waiting_since FROM integrations_connection"
            " WHERE state = 'connected' AND next_sync_at <= now()"
            " UNION ALL SELECT workspace_id, created_at FROM integrations_syncrun WHERE state = 'waiting'"
            " UNION ALL SELECT workspace_id, lease_until FROM integrations_syncrun"
            " WHERE state = 'running' AND lease_until <= now()) AS due GROUP BY workspace_id",
            reads=["integrations_connection", "integrations_syncrun"],
        ),
        BypassView(
            "integrations_due_pushes",
            "SELECT workspace_id, min(coalesce(lease_until, due_at, now())) AS waiting_since"
            " FROM integrations_pushitem WHERE (state = 'waiting' AND (due_at IS NULL OR due_at <= now()))"
            " OR (state = 'sending' AND lease_until <= now()) GROUP BY workspace_id",
            reads=["integrations_pushitem"],
        ),
        BypassView(
            "integrations_due_webhooks",
            "SELECT workspace_id, min(received_at) AS waiting_since FROM integrations_inboundwebhook"
            " WHERE applied_at IS NULL AND attempts < 5 GROUP BY workspace_id",
            reads=["integrations_inboundwebhook"],
        ),
    ]
