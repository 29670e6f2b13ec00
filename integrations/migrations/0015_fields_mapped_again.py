from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0014_isolate_field_mappings")]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='remap_is_due',
            field=models.BooleanField(db_default=False, default=False, help_text='fields were mapped while a sync ran; it is applied after'),
        ),
        migrations.AlterField(
            model_name='syncrun',
            name='mode',
            field=models.CharField(choices=[('full', 'Everything'), ('incremental', 'What changed'), ('remap', 'Fields mapped again')], max_length=12),
        ),
    ]
