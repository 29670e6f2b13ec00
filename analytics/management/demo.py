"""What the demo's hiring cost over two years."""

import random
from datetime import timedelta

from analytics.models import Cost
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo

MONTHS = 24
CATEGORIES = (
    (Cost.Origin.EXTERNAL, "Agencies", 9_000_00, 22_000_00),
    (Cost.Origin.EXTERNAL, "Job boards", 2_500_00, 5_000_00),
    (Cost.Origin.EXTERNAL, "Paid search", 1_000_00, 2_500_00),
    (Cost.Origin.CRM, "Recruiter time on nurture", 2_000_00, 3_200_00),
    (Cost.Origin.CRM, "Events", 600_00, 2_400_00),
)


def spend(demo: Demo) -> str:
    """One row per category and month."""
    chance = random.Random(11)
    with workspace_scope(demo.workspace.pk):
        rows = [
            Cost(
                origin=origin,
                category=category,
                amount_cents=chance.randint(low, high),
                incurred_on=(demo.now - timedelta(days=30 * month + 3)).date(),
            )
            for month in range(MONTHS)
            for origin, category, low, high in CATEGORIES
        ]
        Cost.objects.bulk_create(rows)
    return f"{len(rows)} cost entries"
