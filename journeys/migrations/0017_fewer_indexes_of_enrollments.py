from django.db import migrations


class Migration(migrations.Migration):
    """Nobody looks for enrollments by version alone, and each step a person takes writes every index."""

    dependencies = [("journeys", "0016_contact_budgets_isolation"), ("crm", "0041_indexes_of_what_is_there")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX IF EXISTS journeys_enrollment_version_id_here",
            "CREATE INDEX journeys_enrollment_version_id_here ON journeys_enrollment (workspace_id, version_id)",
        )
    ]
