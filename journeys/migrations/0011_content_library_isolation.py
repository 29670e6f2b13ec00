from django.db import migrations

from crm.kernel.isolation import IsolateTable, LinkWithinWorkspace


class Migration(migrations.Migration):
    dependencies = [("journeys", "0010_content_library")]

    operations = [
        IsolateTable("Piece", "Wording"),
        LinkWithinWorkspace("StepRun", "wording"),
        LinkWithinWorkspace("Template", "segment"),
    ]
