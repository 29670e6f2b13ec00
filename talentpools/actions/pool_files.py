"""Bringing in a file of a pool or a segment, and saying in words what that changes here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction

from crm.models import User
from crm.policies.rules.places import Place
from crm.queries import rule_files, rules
from talentpools.actions import pools, segments
from talentpools.models import Pool, Segment
from talentpools.policies import pool_files
from talentpools.policies.pool_files import File, SegmentFile, UnknownNames
from talentpools.queries import rule_lines, rule_relations, visibility
from talentpools.queries.rule_lines import Line

What = Literal["new", "changed", "same", "kept"]


@dataclass(frozen=True, slots=True)
class Change:
    """What the file does to one pool or segment: lines that go (-), come (+) or stay, and how many are in."""

    noun: str
    name: str
    what: What
    lines: tuple[Line, ...] = ()
    size: int | None = None


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What came of a file; `pool` is none for a segment that stands alone."""

    pool: Pool | None
    segments: tuple[Segment, ...]
    changes: tuple[Change, ...]


class _Rehearsed(Exception):
    """Carries what would have come of it out of the transaction, which it rolls back."""

    def __init__(self, found: BroughtIn) -> None:
        super().__init__("rehearsed")
        self.found = found


def rehearse(*, document: Any, by: User | None) -> BroughtIn:
    """What `bring_in` would do, found out by doing it and taking it back."""
    try:
        with transaction.atomic():
            raise _Rehearsed(bring_in(document=document, by=by))
    except _Rehearsed as rehearsed:
        return rehearsed.found


@transaction.atomic
def bring_in(*, document: Any, by: User | None) -> BroughtIn:
    """Make what the file has and this workspace has not, and change what is called the same here.

    Sub-segments that are only here stay. Twice changes nothing. Refuses a file that cannot be read
    (InvalidFile), names that are not here (UnknownNames), and whatever saving refuses; then nothing is saved.
    """
    file = pool_files.read(document)
    pool, changes = _pool(file, by)
    made, said = _Segments(file, pool, by).run()
    beside = _only_here(file, pool, made)
    return BroughtIn(pool, tuple(made), (*changes, *said, *beside))


def _pool(file: File, by: User | None) -> tuple[Pool | None, list[Change]]:
    if not file.pool:
        return None, []
    pool = visibility.pools_of_reader().filter(name=file.pool).first()
    if not file.is_pool:
        if pool is None:
            sentence = f"There is no pool “{file.pool}” here."
            raise UnknownNames(sentence, fields={"pool": sentence})
        return pool, []
    if pool is None:
        draft = pools.Draft(file.pool, file.description, file.role_family, file.visibility)
        return pools.create(draft=draft, by=by), [Change("Pool", file.pool, "new", rule_lines.of_pool(draft))]
    # Who sees it was decided here.
    draft = pools.Draft(pool.name, file.description, file.role_family, pool.visibility)
    lines = rule_lines.compared(rule_lines.of_pool(pool), rule_lines.of_pool(draft))
    if not rule_lines.is_change(lines):
        return pool, [Change("Pool", pool.name, "same")]
    return pools.update(pool=pool, draft=draft, by=by), [Change("Pool", pool.name, "changed", lines)]


def _only_here(file: File, pool: Pool | None, made: Sequence[Segment]) -> list[Change]:
    if not file.is_pool or pool is None:
        return []
    others = Segment.objects.filter(pool=pool).exclude(pk__in=[one.pk for one in made]).order_by("name", "pk")
    return [Change("Segment", one.name, "kept", size=one.size) for one in others]


class _Segments:
    """The file's segments, each after those it names: a sub-segment may build on its neighbor."""

    def __init__(self, file: File, pool: Pool | None, by: User | None) -> None:
        self.waiting, self.pool, self.by = list(file.segments), pool, by
        self.made: list[Segment] = []
        self.changes: list[Change] = []

    def run(self) -> tuple[list[Segment], list[Change]]:
        spoken = rules.language()
        while self.waiting:
            faults: dict[str, str] = {}
            left = []
            for one in self.waiting:
                place = Place(one.at)
                tree = rule_files.from_file(one.rules, place.at("rules"), spoken)
                parent = one.parent and rule_relations.segment_here(one.parent, place.at("parent"))
                if place.faults:
                    left.append(one)
                    faults |= place.faults
                else:
                    self._save(one, tree, parent)
            if len(left) == len(self.waiting):
                raise UnknownNames(" ".join(faults.values()), fields=faults)
            self.waiting = left
        return self.made, self.changes

    def _save(self, one: SegmentFile, tree: Any, parent_id: int | None) -> None:
        rules.parse(tree, at=(*one.at, "rules"))
        parent = Segment.objects.filter(pk=parent_id).first() if parent_id else None
        before = self._here(one)
        kept = before.visibility if before else Pool.Visibility.WORKSPACE
        draft = segments.Draft(one.name, tree, one.description, self.pool, parent, one.mode, kept)
        after = rule_lines.of_segment(draft)
        if before is None:
            made = segments.create(draft=draft, by=self.by)
            what: What = "new"
            lines = after
        else:
            lines = rule_lines.compared(rule_lines.of_segment(before), after)
            what = "changed" if rule_lines.is_change(lines) else "same"
            made = segments.update(segment=before, draft=draft, by=self.by) if what == "changed" else before
        self.made.append(made)
        self.changes.append(Change("Segment", one.name, what, lines if what != "same" else (), made.size))

    def _here(self, one: SegmentFile) -> Segment | None:
        seen = visibility.segments_of_reader().filter(name=one.name, pool=self.pool)
        return seen.select_related("pool", "parent").first()
