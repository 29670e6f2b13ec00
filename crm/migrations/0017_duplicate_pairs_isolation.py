from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0016_duplicate_pairs")]

    operations = [IsolateTable("MergeBatch", "DuplicatePair")]
