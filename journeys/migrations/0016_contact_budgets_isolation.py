from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("journeys", "0015_contact_budgets")]

    operations = [IsolateTable("ContactBudget")]
