from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0037_job_preferences")]

    operations = [IsolateTable("JobPreference")]
