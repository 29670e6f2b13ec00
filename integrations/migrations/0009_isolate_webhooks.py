from django.db import migrations

from crm.kernel.isolation import BypassView, IsolateTable


class Migration(migrations.Migration):
    dependencies = [("integrations", "0008_webhooks")]

    operations = [
        IsolateTable("Webhook", "WebhookDelivery"),
        BypassView(
            "integrations_due_deliveries",
            "SELECT workspace_id, min(due_at) AS waiting_since FROM integrations_webhookdelivery"
            " WHERE (state = 'waiting' AND due_at <= now()) OR (state = 'sending' AND lease_until <= now())"
            " GROUP BY workspace_id",
            reads=["integrations_webhookdelivery"],
        ),
    ]
