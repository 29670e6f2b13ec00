from django.db import migrations

from crm.kernel.isolation import BypassView


class Migration(migrations.Migration):
    dependencies = [("integrations", "0010_pushes_taken_back")]

    operations = [
        BypassView(
            "integrations_due_pushes",
            "SELECT workspace_id, min(coalesce(lease_until, due_at, now())) AS waiting_since"
            " FROM integrations_pushitem"
            " WHERE (state IN ('checking', 'waiting', 'undoing') AND (due_at IS NULL OR due_at <= now())"
            " AND (lease_until IS NULL OR lease_until <= now()))"
            " OR (state = 'sending' AND lease_until <= now()) GROUP BY workspace_id",
            reads=["integrations_pushitem"],
        ),
    ]
