"""Twelve weeks for 10,000 people, played ahead: three messages, a branch, pace, gap and office hours."""

from collections.abc import Iterator

from django.utils import timezone

from benchmarks.report import Bench, Figure, Memory, once
from benchmarks.touch import a_journey, reachable_people, share_among
from crm.kernel.tenancy import workspace_scope
from journeys.actions import rehearsals
from journeys.actions.rehearsals import Wish
from journeys.models import Rehearsal

PEOPLE = 10_000
SENDERS = 10
_OFFICE = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "ranges": [["09:00", "12:00"], ["13:30", "17:00"]],
    "zone": "candidate",
}


def run(bench: Bench) -> Iterator[Figure]:
    """Ten recruiters with mailboxes of 200 a day, everybody entering at once; then one mailbox for all."""
    count = min(PEOPLE, bench.people)
    workspace_id, ids = reachable_people(count)
    for senders in (SENDERS, 1):
        with workspace_scope(workspace_id):
            share_among(senders)
            journey = a_journey(
                f"Bench rehearsal {senders}",
                {"id": "m1", "type": "message", "after": {"days": 3}, "template": "bench"},
                {
                    "id": "b", "type": "branch", "if": {"message": {"step": "m1", "was": "clicked"}},
                    "wait": {"weeks": 2}, "then": [{"id": "t", "type": "task", "title": "Call"}], "else": [],
                },
                {"id": "m2", "type": "message", "after": {"weeks": 2}, "template": "bench"},
                {"id": "m3", "type": "message", "after": {"weeks": 4}, "template": "bench"},
                pace=(200, 60), window=_OFFICE, holidays="candidate_country",
            )  # fmt: skip
            wish = Wish(timezone.now(), 84, {}, tuple(ids))
            made = rehearsals.start(journey=journey, wish=wish, by=None, in_background=False)
        memory = Memory()
        taken = once(lambda pk=made.pk: rehearsals.play(workspace_id=workspace_id, rehearsal_id=pk))  # type: ignore[misc]
        grown = memory.grown_mb
        with workspace_scope(workspace_id):
            done = Rehearsal.objects.get(pk=made.pk)
        assert done.state == Rehearsal.State.FINISHED, done.failure
        said = f"rehearse 12 weeks × {count:,}, {senders} mailboxes, {done.result['sent']:,} messages"
        yield Figure(said, taken, 0, "≤ 30,000 ms", peak_mb=grown)
