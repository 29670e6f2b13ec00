from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0046_held_files")]

    operations = [IsolateTable("HeldFile")]
