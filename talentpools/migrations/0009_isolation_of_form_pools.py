from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("talentpools", "0008_form_pools")]

    operations = [IsolateTable("FormPool")]
