import crm.kernel.tenancy
import django.db.models.deletion
from django.db import migrations, models

from crm.kernel.isolation import LinkWithinWorkspace


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0003_views'),
    ]

    operations = [
        migrations.AddField(
            model_name='inboundmail',
            name='candidate',
            field=crm.kernel.tenancy.WorkspaceForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='inbound_mails', to='crm.candidate'),
        ),
        LinkWithinWorkspace("InboundMail", "candidate"),
        migrations.AlterField(
            model_name='contactpoint',
            name='kind',
            field=models.CharField(choices=[('email', 'E-mail'), ('phone', 'Phone'), ('link', 'Link'), ('external', 'Id elsewhere')], max_length=8),
        ),
    ]
