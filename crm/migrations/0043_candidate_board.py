from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("crm", "0042_sending_stops")]

    operations = [
        AddIndexConcurrently(
            "candidate",
            models.Index(
                models.F("workspace"),
                models.F("stage"),
                models.OrderBy(models.F("last_engaged_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(archived_at=None, anonymized_at=None, merged_into=None, stage__gt=""),
                name="candidate_board",
            ),
        ),
    ]
