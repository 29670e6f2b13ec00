from django.db import migrations

from crm.kernel.isolation import BypassView


class Migration(migrations.Migration):
    dependencies = [("integrations", "0004_push_states_and_checks")]

    operations = [
        BypassView(
            "integrations_due_pushes",
            "SELECT workspace_id, min(coalesce(lease_until, due_at, now())) AS waiting_since"
            " FROM integrations_pushitem"
            " WHERE (state IN ('checking', 'waiting') AND (due_at IS NULL OR due_at <= now()))"
            " OR (state = 'sending' AND lease_until <= now()) GROUP BY workspace_id",
            reads=["integrations_pushitem"],
        ),
    ]
