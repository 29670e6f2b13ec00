from django.db import migrations

from crm.kernel.isolation import IsolateTable, LinkWithinWorkspace


class Migration(migrations.Migration):
    dependencies = [("journeys", "0004_pace_and_answers")]

    operations = [
        IsolateTable("Mailbox", "CheckInAnswer"),
        LinkWithinWorkspace("StepRun", "journey"),
        LinkWithinWorkspace("StepRun", "task"),
    ]
