"""A second version of a running journey, and two rehearsals: of it, and of one that might begin next week."""

from datetime import timedelta

from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from journeys.actions import journeys, rehearsals
from journeys.actions.rehearsals import Wish
from journeys.models import Journey
from talentpools.models import Segment, SegmentMember

WEEKS = 12
# What the demo’s people have done so far (demo.live_through), a little more careful.
SHARES = {"reply_rate": 0.05, "click_rate": 0.1, "seed": 7}
PLANNED = ("Silver medalists, 12 weeks", "Strong, but the timing")


def rehearse(demo: Demo) -> str:
    """Play both ahead for twelve weeks over the people of today."""
    messages = 0
    with workspace_scope(demo.workspace.pk):
        _give_more_time(demo)
    for name in PLANNED:
        with workspace_scope(demo.workspace.pk):
            asked = rehearsals.start(
                journey=Journey.objects.get(name=name),
                wish=Wish(demo.now + timedelta(days=1), WEEKS * 7, SHARES, _entering(name)),
                by=demo.staff["grace"],
                in_background=False,
            )
        rehearsals.play(workspace_id=demo.workspace.pk, rehearsal_id=asked.pk)
        with workspace_scope(demo.workspace.pk):
            asked.refresh_from_db()
            messages += int(asked.result["sent"])
    return f"{len(PLANNED)} journeys rehearsed, {messages} messages ahead"


def _give_more_time(demo: Demo) -> None:
    """A second version since the day before yesterday: whoever was inside stays on the first."""
    journey = Journey.objects.get(name=PLANNED[0])
    steps = [
        step | ({"after": {"weeks": 5}} if step["id"] == "growing" else {}) for step in journey.draft["steps"]
    ]
    settings = journey.draft["settings"] | {"priority": 60}
    document = journey.draft | {"steps": steps, "settings": settings}
    grace, then = demo.staff["grace"], demo.now - timedelta(days=2)
    journey = journeys.save_draft(document=document, by=grace, journey=journey)
    journeys.publish(journey=journey, by=grace, inside="stay", now=then)


def _entering(name: str) -> tuple[int, ...] | None:
    """Into the one that does not run yet: those of engineering whom the timing kept out last time."""
    if name == PLANNED[0]:
        return None
    segment = Segment.objects.filter(name="Strong, wrong moment").order_by("-size", "pk")[0]
    members = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=True)
    return tuple(members.order_by("candidate_id").values_list("candidate_id", flat=True))
