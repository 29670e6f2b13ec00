from django.db import migrations

from crm.kernel.isolation import BypassView, IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0044_busy_calendars")]

    operations = [
        IsolateTable("BusyCalendar"),
        BypassView(
            "crm_due_calendars",
            "SELECT workspace_id, min(due_at) AS waiting_since FROM crm_busycalendar"
            " WHERE due_at <= now() GROUP BY workspace_id",
            reads=["crm_busycalendar"],
        ),
    ]
