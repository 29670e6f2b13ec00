from django.db import migrations

from crm.kernel.isolation import BypassView


class Migration(migrations.Migration):
    dependencies = [("journeys", "0002_isolation")]

    operations = [
        BypassView(
            "journeys_due_enrollments",
            "SELECT workspace_id, min(due_at) AS waiting_since FROM journeys_enrollment"
            " WHERE state = 'active' AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())"
            " GROUP BY workspace_id",
            reads=["journeys_enrollment"],
        ),
    ]
