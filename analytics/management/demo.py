"""What the demo's hiring cost over two years."""

import random
from datetime import timedelta

from analytics.actions import folding, mailings, preferences, reports, views
from analytics.models import Cost
from analytics.queries import asking
from analytics.queries.dashboards.overview import as_published
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import Candidate
from journeys.models import Enrollment, Journey

MONTHS = 24
HELD_OUT = 60
TARGETS: dict[str, float | None] = {
    "time_to_hire": 35.0,
    "conversion_to_screening": 0.08,
    "offer_acceptance": 0.9,
    "share_of_hires_from_crm": 0.3,
    "reply_rate": 0.25,
}
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


def look_back(demo: Demo) -> str:
    """Targets, a pivot, a hold-out of the past, kept views and a mailing."""
    by, now = demo.staff["grace"], demo.now
    with workspace_scope(demo.workspace.pk):
        preferences.save(shows_recruiters=True, pivot_on=(now - timedelta(days=180)).date(), by=by)
        preferences.set_targets(values=TARGETS, by=by)
        weekly = views.save(
            name="Funnel of engineering", page="funnel", query={"role_family": ["engineering"]}, days=90,
            is_shared=True, by=by,
        )  # fmt: skip
        views.save(name="The year", page="overview", query={}, days=365, is_shared=True, by=by)
        readers = [demo.staff[name].pk for name in ("olivia", "ana")]
        mailings.create(view=weekly, every="week", users=readers, by=by, now=now)
        held_out = _hold_out(demo)
    folding.fold(workspace_id=demo.workspace.pk, now=now, everybody=True)
    with workspace_scope(demo.workspace.pk):
        _publish(demo)
    return f"targets, two kept views, a mailing, a published report, {held_out} people held out"


def _publish(demo: Demo) -> None:
    """The quarter before this one, as a talent leader would hand it on."""
    by, today = demo.staff["grace"], demo.now.date()
    last = today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1) - timedelta(days=1)
    first = last.replace(day=1, month=last.month - 2)
    asked = {"from": [first.isoformat()], "to": [last.isoformat()]}
    question = asking.put(asked, workspace=demo.workspace, now=demo.now, reader=by.pk).question
    name = f"Quarter {last.month // 3} of {last.year}"
    reports.publish(name=name, question=question, figures=as_published(question), by=by)


def _hold_out(demo: Demo) -> int:
    """A third of a journey's people were left alone: enough to compare, drawn by lot."""
    journey = Journey.objects.exclude(version=None).order_by("pk").last()
    if journey is None:
        return 0
    chance, since = random.Random(23), demo.now - timedelta(days=60)
    inside = Enrollment.objects.filter(journey=journey).values("candidate")
    people = Candidate.objects.exclude(pk__in=inside).filter(anonymized_at=None, merged_into=None)
    ids = list(people.order_by("pk").values_list("pk", flat=True))
    drawn = chance.sample(ids, min(HELD_OUT, len(ids) // 3))
    Enrollment.objects.bulk_create(
        Enrollment(
            journey=journey, version=journey.version, candidate_id=pk, state=Enrollment.State.HOLDOUT,
            enrolled_at=since + timedelta(days=chance.randint(0, 55)),
        )
        for pk in drawn
    )  # fmt: skip
    return len(drawn)
