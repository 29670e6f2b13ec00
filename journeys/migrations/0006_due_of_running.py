from django.db import migrations

from crm.kernel.isolation import BypassView


class Migration(migrations.Migration):
    """Only journeys that run wake the engine; the lease nobody took goes with the next migration."""

    dependencies = [("journeys", "0005_isolate_pace_and_answers")]

    operations = [
        BypassView(
            "journeys_due_enrollments",
            "SELECT e.workspace_id, min(e.due_at) AS waiting_since FROM journeys_enrollment e"
            " JOIN journeys_journey j ON j.workspace_id = e.workspace_id AND j.id = e.journey_id"
            " WHERE e.state = 'active' AND e.due_at <= now() AND j.state IN ('live', 'draining')"
            " GROUP BY e.workspace_id",
            reads=["journeys_enrollment", "journeys_journey"],
        ),
    ]
