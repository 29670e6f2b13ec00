"""Bringing stored membership up to what the rules say, as a difference, by one statement per segment."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connection, transaction

from crm.actions import event_sets
from crm.kernel.errors import DomainError
from crm.kernel.reading import reading_as
from crm.kernel.tenancy import current_workspace_id
from crm.policies.rules.relations import Language
from crm.queries import rules
from talentpools.models import Segment, SegmentMember, SegmentSize
from talentpools.queries import segment_uses, segments

logger = logging.getLogger(__name__)
MANY = 50_000
"""From so many changed people on, looking at everybody is cheaper."""
BROKEN = "The database refused this segment's question; its members are as they were."


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one refresh changed, and whose membership (`touched`); or why it failed (`error`)."""

    segment_id: int
    size: int
    entered: int = 0
    left: int = 0
    touched: tuple[int, ...] = ()
    error: str = ""


def refresh_all(*, now: datetime) -> list[Refreshed]:
    """Recompute every segment of the workspace over everybody, each after those it depends on."""
    spoken = rules.language()
    ordered = segments.in_order(Segment.objects.all())
    return [refresh(segment=segment, now=now, spoken=spoken) for segment in ordered]


def forget_sweeps() -> None:
    """Let the next look at changes compute every segment over everybody."""
    Segment.objects.update(swept_at=None)


def refresh(
    *,
    segment: Segment,
    now: datetime,
    spoken: Language | None = None,
    only: Sequence[int] | None = None,
) -> Refreshed:
    """Make the members those the rules and people's decisions ask for; `only` looks at these people alone.

    Twice is once. When it fails, the members stay, and the segment shows why.
    """
    try:
        # Whoever pressed the button may see less than the rules name.
        with transaction.atomic(), reading_as(None):
            locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
            return _Refresh(locked, now, only).run(spoken or rules.language())
    except DomainError as refusal:
        faults = [f"{path}: {sentence}" for path, sentence in refusal.fields.items()]
        return _failed(segment, " ".join(faults) or refusal.sentence)
    except DatabaseError:
        logger.exception("A segment could not be refreshed", extra={"segment": segment.pk})
        return _failed(segment, BROKEN)


def spread(*, segment_id: int, people: Collection[int], now: datetime) -> None:
    """Let the segments that build on this one look at these people again, and those that build on them.

    For whoever changes a membership outside `changes.take_in`, which does the same for itself.
    """
    changed, seen = {segment_id}, set(people)
    if not seen:
        return
    for segment in segments.in_order(Segment.objects.all()):
        if segments.depends_on(segment.rules, segment.parent_id) & changed:
            only = sorted(seen) if len(seen) <= MANY else None
            done = refresh(segment=segment, now=now, only=only)
            if done.touched:
                changed.add(segment.pk)
                seen.update(done.touched)


def _failed(segment: Segment, error: str) -> Refreshed:
    Segment.objects.filter(pk=segment.pk).update(refresh_error=error[:300])
    return Refreshed(segment.pk, segment.size, error=error[:300])


class _Refresh:
    """One segment, its row locked."""

    def __init__(self, segment: Segment, now: datetime, only: Sequence[int] | None) -> None:
        self.segment, self.now, self.only = segment, now, only

    def run(self, spoken: Language) -> Refreshed:
        entered, left = self._apply(spoken)
        for kind, people in (("segment.entered", entered), ("segment.left", left)):
            self._tell(kind, people)
        size = self.segment.size + len(entered) - len(left) if self.only is not None else self._count()
        self._note(size, len(entered), len(left))
        return Refreshed(self.segment.pk, size, len(entered), len(left), (*entered, *left))

    def _tell(self, kind: str, people: Sequence[int]) -> None:
        if people:
            about = {"segment": self.segment.pk, "version": self.segment.rules_version}
            unused = segment_uses.without_use(self.segment.pk)
            event_sets.record_for(people, kind, at=self.now, data=about, except_for=unused)

    def _apply(self, spoken: Language) -> tuple[list[int], list[int]]:
        """Who became a member and who stopped being one; matches that wait for a review are neither."""
        with connection.cursor() as cursor:
            matching = cursor.mogrify(*self._matching(spoken)).decode()
            of_these = "AND d.candidate_id = ANY(%(only)s)" if self.only is not None else ""
            # The matching query is spelled out already; its percent signs are no placeholders.
            statement = _DIFFERENCE.format(matching=matching.replace("%", "%%"), of_these=of_these)
            cursor.execute(statement, self._parameters())
            entered, accepted, left = cursor.fetchone()
        return [*(entered or []), *(accepted or [])], left or []

    def _matching(self, spoken: Language) -> tuple[str, tuple[Any, ...]]:
        found = rules.people(segments.rule_of(self.segment, spoken), now=self.now, spoken=spoken)
        if self.only is not None:
            found = found.filter(pk__in=self.only)
        try:
            return found.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return "SELECT NULL::bigint WHERE false", ()

    def _parameters(self) -> dict[str, Any]:
        return {
            "workspace": current_workspace_id(),
            "segment": self.segment.pk,
            "version": self.segment.rules_version,
            "is_automatic": self.segment.mode == Segment.Mode.AUTOMATIC,
            "now": self.now,
            "only": list(self.only or ()),
        }

    def _count(self) -> int:
        return SegmentMember.objects.filter(segment=self.segment, left_at=None, is_reviewed=True).count()

    def _note(self, size: int, entered: int, left: int) -> None:
        if entered or left or self.segment.refreshed_at is None:
            SegmentSize.objects.create(
                segment=self.segment, size=size, entered=entered, left=left, measured_at=self.now
            )
        changes: dict[str, Any] = {"size": size, "refreshed_at": self.now, "refresh_error": ""}
        if self.only is None:
            changes |= {"swept_at": self.now, "refreshed_version": self.segment.rules_version}
        Segment.objects.filter(pk=self.segment.pk).update(**changes)


# Both sides of the difference see the same snapshot and the same matches. A FULL JOIN is never a nested loop,
# and NOT IN over a plain subquery is a hash: right also while statistics still call a table empty.
_DIFFERENCE = """
    WITH included AS MATERIALIZED (
        SELECT c.id FROM talentpools_segmentdecision d
        JOIN crm_candidate_search c ON c.workspace_id = d.workspace_id AND c.id = d.candidate_id
        WHERE d.segment_id = %(segment)s AND d.verdict = 'include' {of_these}
    ), wanted (id) AS (
        SELECT matching.id FROM ({matching}) AS matching (id)
        WHERE matching.id NOT IN (SELECT d.candidate_id FROM talentpools_segmentdecision d
                                  WHERE d.segment_id = %(segment)s AND d.verdict = 'exclude')
        UNION
        SELECT id FROM included
    ), stays AS (
        SELECT d.id, d.candidate_id, d.is_reviewed FROM talentpools_segmentmember d
        WHERE d.segment_id = %(segment)s AND d.left_at IS NULL {of_these}
    ), difference AS MATERIALIZED (
        SELECT wanted.id AS wanted, stays.id AS stay,
               %(is_automatic)s OR wanted.id IN (SELECT id FROM included) AS is_reviewed
        FROM wanted FULL JOIN stays ON stays.candidate_id = wanted.id
        WHERE wanted.id IS NULL OR stays.id IS NULL OR NOT stays.is_reviewed
    ), entered AS (
        INSERT INTO talentpools_segmentmember
            (workspace_id, segment_id, candidate_id, is_reviewed, entered_at, entered_by_version)
        SELECT %(workspace)s, %(segment)s, wanted, is_reviewed, %(now)s, %(version)s
        FROM difference WHERE stay IS NULL
        ON CONFLICT DO NOTHING
        RETURNING candidate_id, is_reviewed
    ), accepted AS (
        UPDATE talentpools_segmentmember m SET is_reviewed = true
        FROM difference d WHERE m.id = d.stay AND d.wanted IS NOT NULL AND d.is_reviewed
        RETURNING m.candidate_id
    ), gone AS (
        UPDATE talentpools_segmentmember m SET left_at = %(now)s, left_by_version = %(version)s
        FROM difference d WHERE m.id = d.stay AND d.wanted IS NULL
        RETURNING m.candidate_id, m.is_reviewed
    )
    SELECT (SELECT array_agg(candidate_id) FROM entered WHERE is_reviewed),
           (SELECT array_agg(candidate_id) FROM accepted),
           (SELECT array_agg(candidate_id) FROM gone WHERE is_reviewed)
"""
