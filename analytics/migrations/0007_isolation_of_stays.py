from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("analytics", "0006_stays_and_wider_rollups")]

    operations = [IsolateTable("Stay")]
