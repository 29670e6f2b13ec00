from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("talentpools", "0001_initial"), ("crm", "0002_isolation")]

    operations = [
        IsolateTable(
            "Pool",
            "Member",
            "Segment",
            "SegmentMember",
            "SegmentDecision",
            "SegmentSize",
            "ShortlistEntry",
        ),
    ]
