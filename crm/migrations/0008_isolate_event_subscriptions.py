from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0007_event_subscriptions")]

    operations = [IsolateTable("EventSubscription")]
