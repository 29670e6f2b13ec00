"""Runs what is due: claims a batch, lets it walk, writes what it says, set-based.

One batch is one transaction. Nothing leaves the building here: a message is a queued row that
`crm.actions.messages` delivers at most once, so a worker that dies loses nothing and repeats nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from crm.actions import event_sets, rowsets
from journeys.actions import batch, effects, mailboxes, mailings
from journeys.models import Enrollment, StepRun
from journeys.policies.batches import Batch
from journeys.policies.walking import Walk

BATCH = 2_000
_ON_CONFLICT = (
    "ON CONFLICT (workspace_id, enrollment_id, step_id, visit) DO UPDATE SET state = EXCLUDED.state, "
    "refusal = EXCLUDED.refusal, reason = EXCLUDED.reason, choice = EXCLUDED.choice, "
    "message_id = EXCLUDED.message_id, wording_id = EXCLUDED.wording_id, task_id = EXCLUDED.task_id, "
    "started_at = EXCLUDED.started_at, ended_at = EXCLUDED.ended_at"
)


@dataclass(slots=True)
class Ran:
    """What a run did, by kind, and how many enrollments it looked at."""

    seen: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def run_due(*, now: datetime, limit: int = BATCH) -> Ran:
    """Run one batch of what is due at `now`. Two workers never take one enrollment; nothing due is 0 seen."""
    with transaction.atomic():
        return _run(batch.claim(now=now, limit=limit))


def _run(claimed: Batch) -> Ran:
    """Decide each item in order, then write everything in a few statements."""
    if not claimed.items:
        return Ran()
    post = mailings.Post(claimed)
    boxes = mailboxes.Boxes(claimed.now, claimed.house.zone)
    boxes.lock({item.sender_id for item in claimed.items if item.step and item.step.is_sending})
    doing = effects.Effects(claimed.now)
    walk = Walk(claimed, post, boxes, doing)
    walk.go()
    post.send()
    boxes.save()
    doing.finish()
    rowsets.insert(StepRun, walk.step_runs, on_conflict=_ON_CONFLICT)
    rowsets.update(Enrollment, walk.standings)
    for (state, journey_id, reason), people in walk.ended.items():
        data = {"journey": journey_id, "reason": reason} if reason else {"journey": journey_id}
        event_sets.record_for(people, f"journey.{state}", at=claimed.now, data=data)
    return Ran(len(claimed.items), walk.counts)
