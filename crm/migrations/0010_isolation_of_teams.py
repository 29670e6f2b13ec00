from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0009_teams")]

    operations = [IsolateTable("Team", "TeamMember")]
