from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("journeys", "0013_campaigns")]

    operations = [IsolateTable("Campaign", "CampaignRefusal")]
