from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("crm", "0029_isolation_of_engagement_runs")]

    operations = [
        AddIndexConcurrently(
            "candidate",
            models.Index(
                condition=models.Q(archived_at=None, anonymized_at=None, merged_into=None),
                fields=["workspace", "last_name_folded", "id"],
                name="candidate_last_name",
            ),
        ),
    ]
