from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0010_isolation_of_teams")]

    operations = [
        migrations.AddField(
            model_name='message',
            name='calendar',
            field=models.TextField(blank=True, db_default='', default='', help_text='an iCalendar invitation that goes along'),
        ),
        migrations.AlterField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('journey', 'Journey'), ('newsletter', 'Newsletter'), ('one_to_one', 'One to one'), ('service', 'Service')], max_length=12),
        ),
    ]
