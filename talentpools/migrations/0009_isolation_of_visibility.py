from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("talentpools", "0008_visibility"), ("crm", "0010_isolation_of_teams")]

    operations = [IsolateTable("PoolTeam", "SegmentGuest", "SegmentTeam", "AccessOverride")]
