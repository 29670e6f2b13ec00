from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0022_landing_pages_and_events")]

    operations = [IsolateTable("LandingPage", "TalentEvent", "Registration", "Referral")]
