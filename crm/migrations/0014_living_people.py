from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from crm.kernel.isolation import DropImplied

LIVING = models.Q(archived_at=None, anonymized_at=None, merged_into=None)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("crm", "0013_isolation_of_capture_forms")]

    operations = [
        AddIndexConcurrently(
            "candidate",
            models.Index(
                condition=LIVING,
                fields=["workspace", "engagement_key", "id"],
                include=("role_family", "seniority", "stage", "country"),
                name="candidate_warmth",
            ),
        ),
        AddIndexConcurrently(
            "candidate", models.Index(condition=LIVING, fields=["workspace", "id"], name="candidate_living")
        ),
        AddIndexConcurrently(
            "candidateskill",
            models.Index(fields=["workspace", "skill", "candidate"], name="candidate_skill_people"),
        ),
        AddIndexConcurrently(
            "candidatetag",
            models.Index(fields=["workspace", "tag", "candidate"], name="candidate_tag_people"),
        ),
        RemoveIndexConcurrently("candidate", "candidate_engagement"),
        DropImplied(),
    ]
