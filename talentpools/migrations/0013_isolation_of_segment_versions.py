from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("talentpools", "0012_segment_versions")]

    operations = [IsolateTable("SegmentVersion")]
