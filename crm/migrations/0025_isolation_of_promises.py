from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0024_promises_and_ownership")]

    operations = [IsolateTable("Promise")]
