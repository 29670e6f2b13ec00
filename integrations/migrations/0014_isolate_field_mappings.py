from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("integrations", "0013_what_fields_fill")]

    operations = [IsolateTable("FieldMapping")]
