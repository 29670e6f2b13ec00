from django.db import migrations

from crm.kernel.isolation import BypassView, IsolateTable


class Migration(migrations.Migration):
    dependencies = [("talentpools", "0004_receipts_and_watch")]

    operations = [
        IsolateTable("Receipt", "PoolGuest", "SegmentWatch"),
        BypassView(
            "talentpools_due_segments",
            "SELECT s.workspace_id, min(coalesce(w.checked_at, s.created_at)) AS waiting_since"
            " FROM talentpools_segment s LEFT JOIN talentpools_segmentwatch w ON w.workspace_id = s.workspace_id"
            " WHERE w.checked_at IS NULL OR w.checked_at < now() - interval '15 seconds'"
            " OR s.refreshed_version <> s.rules_version"
            " GROUP BY s.workspace_id",
            reads=["talentpools_segment", "talentpools_segmentwatch"],
        ),
    ]
