from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("analytics", "0009_views_open_and_are_forgotten")]

    operations = [IsolateTable("OpeningView")]
