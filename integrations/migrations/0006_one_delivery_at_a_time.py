from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0005_due_pushes")]

    operations = [
        migrations.AddConstraint(
            model_name="pushitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "sending")),
                fields=("workspace", "candidate"),
                name="push_item_one_at_a_time",
            ),
        ),
    ]
