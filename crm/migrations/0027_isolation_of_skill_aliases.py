from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0026_skill_aliases")]

    operations = [IsolateTable("SkillAlias")]
