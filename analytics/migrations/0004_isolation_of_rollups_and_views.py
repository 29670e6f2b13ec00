from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("analytics", "0003_definitions_rollups_and_views")]

    operations = [
        IsolateTable(
            "DefinitionSet",
            "Standing",
            "Outreach",
            "DayCount",
            "FoldMark",
            "FigureView",
            "Mailing",
            "Recipient",
            "Copy",
            "Report",
            "Target",
            "Preference",
        ),
    ]
