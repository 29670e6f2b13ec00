from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("journeys", "0008_rehearsals")]

    operations = [IsolateTable("Rehearsal", "RehearsedPerson")]
