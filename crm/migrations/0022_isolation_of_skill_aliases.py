from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0021_skill_aliases")]

    operations = [IsolateTable("SkillAlias")]
