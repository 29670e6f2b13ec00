from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("crm", "0030_last_names")]

    operations = [
        AddIndexConcurrently(
            "candidate",
            models.Index(
                models.F("workspace"),
                models.Func(models.F("email"), function="rekindle_fold", output_field=models.TextField()),
                condition=models.Q(email__regex="[^ -~]"),
                name="candidate_accented_email",
            ),
        ),
    ]
