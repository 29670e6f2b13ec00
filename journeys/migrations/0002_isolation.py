from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("journeys", "0001_initial"), ("crm", "0002_isolation")]

    operations = [
        IsolateTable(
            "Template",
            "CheckInForm",
            "Journey",
            "JourneyVersion",
            "Enrollment",
            "StepRun",
        ),
    ]
