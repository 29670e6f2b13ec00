from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("analytics", "0011_reach")]

    operations = [IsolateTable("Reach")]
