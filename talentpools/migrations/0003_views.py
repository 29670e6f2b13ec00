from django.db import migrations

from crm.kernel.isolation import BypassView


class Migration(migrations.Migration):
    dependencies = [("talentpools", "0002_isolation")]

    operations = [
        BypassView(
            "talentpools_due_segments",
            "SELECT workspace_id, min(coalesce(refreshed_at, created_at)) AS waiting_since"
            " FROM talentpools_segment"
            " WHERE refreshed_at IS NULL OR refreshed_at < now() - interval '45 seconds'"
            " GROUP BY workspace_id",
            reads=["talentpools_segment"],
        ),
    ]
