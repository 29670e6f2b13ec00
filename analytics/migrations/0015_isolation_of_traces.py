from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("analytics", "0014_traces")]

    operations = [IsolateTable("Trace")]
