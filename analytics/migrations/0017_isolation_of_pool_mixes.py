from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("analytics", "0016_pool_mixes")]

    operations = [IsolateTable("PoolMix")]
