from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial"), ("crm", "0002_isolation")]

    operations = [
        IsolateTable(
            "Connection",
            "StageMapping",
            "ExternalRef",
            "RawRecord",
            "SyncRun",
            "InboundWebhook",
            "Push",
            "PushItem",
        ),
    ]
