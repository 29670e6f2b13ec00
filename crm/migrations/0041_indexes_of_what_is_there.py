from django.db import migrations

from crm.kernel.isolation import DropImplied


class Migration(migrations.Migration):
    """Indexes of keys that may be null hold only the rows that have them."""

    dependencies = [("crm", "0040_message_language")]

    operations = [DropImplied()]
