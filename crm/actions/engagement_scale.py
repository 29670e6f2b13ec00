"""Changing how a workspace scores engagement, and computing everybody again behind it (specs: engagement)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, EngagementRun, User, Workspace
from crm.policies.engagement import WEIGHTS, Scale
from crm.queries.engagement import scale_of
from crm.queries.engagement_keys import KEYS, parameters

BATCH = 10_000
TASK = "crm.recompute_engagement"
LARGEST_WEIGHT, LONGEST_HALF_LIFE = 1_000, 3_650


class InvalidScale(DomainError):
    """Engagement cannot be scored like this."""

    code = "invalid"
    status = 400


@dataclass(frozen=True, slots=True)
class Draft:
    """How engagement is to be scored."""

    weights: Mapping[str, float]
    half_life_days: float
    warm: float
    hot: float


def scale_from(draft: Draft, workspace: Workspace, *, now: datetime) -> Scale:
    """The scale these values make here. Refuses what cannot be, each with its field."""
    faults = {
        kind: f"A weight is from 0 to {LARGEST_WEIGHT:,}."
        for kind, weight in draft.weights.items()
        if not 0 <= weight <= LARGEST_WEIGHT
    }
    faults |= {kind: "There is no such signal." for kind in draft.weights if kind not in WEIGHTS}
    if not 1 <= draft.half_life_days <= LONGEST_HALF_LIFE:
        faults["half_life_days"] = f"From 1 to {LONGEST_HALF_LIFE:,} days."
    if not 0 < draft.warm < draft.hot < 100:
        faults["hot"] = "Warm begins above 0, hot above warm and below 100."
    if faults:
        raise InvalidScale(fields=faults)
    before = scale_of(workspace).with_half_life(draft.half_life_days, at=now)
    weights = WEIGHTS | dict(draft.weights)
    return Scale(weights, before.half_life, draft.warm, draft.hot, before.epoch)


@transaction.atomic
def change(*, workspace: Workspace, draft: Draft, by: User | None, now: datetime) -> EngagementRun | None:
    """Score like this from now on; other weights or another half-life compute everybody again behind it.

    Scores hold until their owner's turn comes: a half-life changes how they fade, not what they are now.
    """
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    before, wanted = scale_of(workspace), scale_from(draft, workspace, now=now)
    if wanted == before:
        return None
    workspace.engagement_weights = {kind: wanted.weights[kind] for kind in WEIGHTS}
    workspace.engagement_half_life_days, workspace.engagement_epoch_days = wanted.half_life, wanted.epoch
    workspace.engagement_warm, workspace.engagement_hot = wanted.warm, wanted.hot
    workspace.save(
        update_fields=[
            "engagement_weights",
            "engagement_half_life_days",
            "engagement_epoch_days",
            "engagement_warm",
            "engagement_hot",
        ]
    )
    events.record("engagement.scale_changed", by=by, at=now, data={"half_life": wanted.half_life})
    if (dict(wanted.weights), wanted.half_life) == (dict(before.weights), before.half_life):
        return None
    return _start(by, now)


def _start(by: User | None, now: datetime) -> EngagementRun:
    EngagementRun.objects.filter(finished_at=None).update(finished_at=now)
    total = Candidate.objects.filter(last_engaged_at__isnull=False).count()
    run = EngagementRun.objects.create(started_by=by, started_at=now, total=total)
    enqueue(TASK, run_id=run.pk)
    return run


@transaction.atomic
def compute_batch(*, run_id: int) -> bool:
    """The next people of the run, by one statement once their rows are held; False when nothing is left.

    A run that another worker holds, or that is over, is left alone. Stopped half-way it goes on where it was.
    """
    held = EngagementRun.objects.select_for_update(skip_locked=True, of=("self",))
    run = held.filter(pk=run_id, finished_at=None).first()
    if run is None:
        return False
    # Held first: a signal being folded now is either in what the statement reads, or folds after it.
    engaged = Candidate.objects.filter(pk__gt=run.cursor, last_engaged_at__isnull=False).order_by("pk")
    ids = list(engaged.select_for_update(no_key=True).values_list("pk", flat=True)[:BATCH])
    if ids:
        scored = scale_of(Workspace.objects.get(pk=current_workspace_id()))
        with connection.cursor() as cursor:
            cursor.execute(KEYS + _STORE, parameters(ids, scored))
        run.cursor, run.done = ids[-1], run.done + len(ids)
    if len(ids) < BATCH:
        run.finished_at = timezone.now()
        events.record("engagement.recomputed", by=run.started_by, data={"people": run.done})
    run.save(update_fields=["cursor", "done", "finished_at"])
    return run.finished_at is None


_STORE = """
    UPDATE crm_candidate c SET engagement_key = found.key
    FROM (SELECT wanted.id, keys.key FROM unnest(%(ids)s::bigint[]) AS wanted (id)
          LEFT JOIN keys ON keys.candidate_id = wanted.id) AS found
    WHERE c.workspace_id = %(workspace)s AND c.id = found.id AND c.engagement_key IS DISTINCT FROM found.key
"""
