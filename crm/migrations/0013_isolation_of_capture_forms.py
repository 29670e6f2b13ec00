from django.db import migrations

from crm.kernel.isolation import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("crm", "0012_capture_forms")]

    operations = [IsolateTable("ConsentText", "CaptureForm", "Submission", "Brand", "CaptureVisits")]
