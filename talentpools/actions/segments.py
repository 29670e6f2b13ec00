"""Saving segments, each change of what they ask as a version that is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User
from crm.policies.rules.places import InvalidRules
from crm.queries import rules
from talentpools.actions import access, refreshes
from talentpools.models import Pool, Segment, SegmentVersion
from talentpools.queries import segment_uses, segments


class SegmentNameTaken(DomainError):
    """Another segment here already has this name."""

    code = "name_taken"
    status = 409


class SegmentInUse(DomainError):
    """Other segments or journeys build on this one."""

    code = "in_use"
    status = 409


@dataclass(frozen=True, slots=True)
class Draft:
    """What a segment is to be."""

    name: str
    rules: Any
    description: str = ""
    pool: Pool | None = None
    parent: Segment | None = None
    mode: str = Segment.Mode.AUTOMATIC
    visibility: str = Pool.Visibility.WORKSPACE


@transaction.atomic
def create(*, draft: Draft, by: User | None) -> Segment:
    """Save a new segment and compute its members. Refuses rules that cannot be used and a taken name."""
    _check(draft, segment_id=0)
    segment = Segment(owner=by, **_columns(draft))
    _save(segment)
    events.record("segment.created", by=by, data={"segment": segment.pk})
    _compute_version(segment, by)
    return segment


@transaction.atomic
def update(*, segment: Segment, draft: Draft, by: User | None) -> Segment:
    """Change a segment; new rules, parent or mode are a new version, computed at once. Refuses a circle."""
    segment = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    _check(draft, segment_id=segment.pk)
    if draft.visibility != segment.visibility:
        access.check_owner(segment, by)
    columns = _columns(draft)
    is_new_version = any(getattr(segment, key) != columns[key] for key in ("rules", "parent", "mode"))
    if is_new_version:
        _keep_version(segment, None, segment.updated_at)
    for key, value in columns.items():
        setattr(segment, key, value)
    segment.rules_version += is_new_version
    _save(segment)
    events.record("segment.changed", by=by, data={"segment": segment.pk, "version": segment.rules_version})
    if is_new_version:
        _compute_version(segment, by)
    return segment


@transaction.atomic
def delete(*, segment: Segment, by: User | None) -> None:
    """Delete a segment with its history. Refuses while other segments or journeys build on it."""
    if users := segment_uses.uses(segment.pk):
        names = ", ".join(f"“{user.name}”" for user in users)
        raise SegmentInUse(f"“{segment.name}” is used by {names}.")
    events.record("segment.deleted", by=by, data={"segment": segment.pk})
    segment.delete()


def _compute_version(segment: Segment, by: User | None) -> None:
    """Compute the members by the new rules, and keep what the change did beside the version."""
    now = timezone.now()
    kept = _keep_version(segment, by, now)
    done = refreshes.refresh(segment=segment, now=now)
    refreshes.spread(segment_id=segment.pk, people=done.touched, now=now)
    if not done.error:
        kept.entered, kept.left = done.entered, done.left
        kept.save(update_fields=["entered", "left"])
    segment.refresh_from_db()


def _keep_version(segment: Segment, by: User | None, at: datetime) -> SegmentVersion:
    """The segment's rules of today under their number; those kept already stay as they are."""
    kept, _ = SegmentVersion.objects.get_or_create(
        segment=segment,
        version=segment.rules_version,
        defaults={
            "rules": segment.rules,
            "parent_name": segment.parent.name if segment.parent else "",
            "mode": segment.mode,
            "saved_by": by,
            "saved_at": at,
        },
    )
    return kept


def _check(draft: Draft, *, segment_id: int) -> None:
    rule = rules.parse(draft.rules)
    if not segments.names_anything(rule):
        raise InvalidRules("A segment needs at least one rule.", fields={"rules": "Add at least one rule."})
    parent_id = draft.parent.pk if draft.parent else None
    path = segments.path_back(segment_id=segment_id, tree=draft.rules, parent_id=parent_id)
    _check_sight(draft)
    if path:
        circle = " → ".join(path)
        sentence = f"This would go round in a circle: {circle}."
        raise InvalidRules(sentence, fields={"rules": sentence})


def _check_sight(draft: Draft) -> None:
    """A segment everybody sees may not tell who is in a group that not everybody sees."""
    if draft.pool is not None and draft.visibility != Pool.Visibility.WORKSPACE:
        sentence = "A sub-segment is seen by whoever sees its pool."
        raise InvalidRules(sentence, fields={"visibility": sentence})
    kept = draft.pool.visibility if draft.pool else draft.visibility
    if kept == Pool.Visibility.WORKSPACE and (name := segments.hidden_name(draft.rules, draft.parent)):
        sentence = f"{name} is not open to everybody, so a segment everybody sees may not build on it."
        raise InvalidRules(sentence, fields={"rules": sentence})


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "description": draft.description.strip(),
        "rules": draft.rules,
        "pool": draft.pool,
        "parent": draft.parent,
        "mode": draft.mode,
        "visibility": draft.visibility,
    }


def _save(segment: Segment) -> None:
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as clash:
        if "segment_name_once" not in str(clash):
            raise
        sentence = f"There is already a segment “{segment.name}” here."
        raise SegmentNameTaken(sentence, fields={"name": sentence}) from clash
