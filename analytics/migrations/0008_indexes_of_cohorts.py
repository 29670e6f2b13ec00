from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("analytics", "0007_isolation_of_stays")]

    operations = [
        RemoveIndexConcurrently(
            model_name='outreach',
            name='outreach_contacted',
        ),
        RemoveIndexConcurrently(
            model_name='outreach',
            name='outreach_delivered',
        ),
        AddIndexConcurrently(
            model_name='outreach',
            index=models.Index(fields=['workspace', 'contacted_at'], include=('candidate', 'delivered_at', 'engaged_at', 'replied_at', 'screening_started_at', 'screened_at', 'is_lost'), name='outreach_cohort'),
        ),
        AddIndexConcurrently(
            model_name='outreach',
            index=models.Index(fields=['workspace', 'delivered_at'], include=('candidate', 'answered_at'), name='outreach_answers'),
        ),
        AddIndexConcurrently(
            model_name='standing',
            index=models.Index(condition=models.Q(('accepted_at__isnull', False)), fields=['workspace', 'accepted_at'], name='standing_accepted'),
        ),
        AddIndexConcurrently(
            model_name='standing',
            index=models.Index(condition=models.Q(('extended_at__isnull', False)), fields=['workspace', 'extended_at'], name='standing_extended'),
        ),
        AddIndexConcurrently(
            model_name='standing',
            index=models.Index(fields=['workspace', 'applied_at'], include=('candidate_id', 'requisition_id', 'source', 'furthest_rank'), name='standing_applied'),
        ),
        AddIndexConcurrently(
            model_name='standing',
            index=models.Index(fields=['workspace', 'requisition_id'], include=('candidate_id', 'origin', 'accepted_at'), name='standing_requisition'),
        ),
    ]
