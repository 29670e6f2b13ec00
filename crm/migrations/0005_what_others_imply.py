from django.db import migrations

from crm.kernel.isolation import DropImplied


class Migration(migrations.Migration):
    dependencies = [("crm", "0004_inbound_mail_of_a_candidate")]

    operations = [DropImplied()]
