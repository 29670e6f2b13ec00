"""Segments: what they ask, what they depend on, who is in them and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crm.models import SearchCandidate
from crm.policies.rules.relations import Language
from crm.policies.rules.tree import Group, RelationRule, Rule, leaves
from crm.queries import rules
from talentpools.models import Pool, Segment, SegmentDecision, SegmentMember
from talentpools.policies import dependencies
from talentpools.queries import rule_relations, visibility


def rule_of(segment: Segment, spoken: Language) -> Rule:
    """What the segment asks: its own rules, of the members of its parent if it has one."""
    own = rules.parse(segment.rules, spoken)
    if segment.parent_id is None:
        return own
    return Group("all", (RelationRule("segment", rule_relations.Group(segment.parent_id)), own))


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Each segment after those its members depend on."""
    by_id = {segment.pk: segment for segment in segments}
    edges = {pk: depends_on(segment.rules, segment.parent_id) for pk, segment in by_id.items()}
    return [by_id[pk] for pk in dependencies.in_order(edges)]


def path_back(*, segment_id: int, tree: Any, parent_id: int | None) -> list[str]:
    """The names on the way from this segment back to itself, were it to have these rules; [] when none."""
    stored = {segment.pk: segment for segment in Segment.objects.all()}
    edges = {pk: depends_on(segment.rules, segment.parent_id) for pk, segment in stored.items()}
    edges[segment_id] = depends_on(tree, parent_id)
    path = dependencies.cycle(edges, start=segment_id)
    known = dict(visibility.segments_of_reader().filter(pk__in=path).values_list("pk", "name"))
    return [known.get(pk, "#0" if pk == 0 else "a segment you may not see") for pk in path]


def hidden_name(tree: Any, parent: Segment | None) -> str:
    """A group this tree or parent names that is not open to everybody, in quotes; empty without one."""
    wanted = named(tree) | ({parent.pk} if parent else set())
    everybodys = visibility.visible_segments(None).order_by().values("pk")
    found = Segment.objects.filter(pk__in=wanted).exclude(pk__in=everybodys)
    pools = Pool.objects.filter(pk__in=named(tree, "pool")).exclude(visibility=Pool.Visibility.WORKSPACE)
    name = found.values_list("name", flat=True).first() or pools.values_list("name", flat=True).first()
    return f"“{name}”" if name else ""


def depends_on(tree: Any, parent_id: int | None) -> set[int]:
    """The segments a stored tree names, and the parent."""
    found = {parent_id} if parent_id is not None else set()
    return found | named(tree)


def names_anything(rule: Rule) -> bool:
    """Whether the tree holds a rule at all."""
    return bool(leaves(rule))


def members(segment: Segment) -> QuerySet[SegmentMember]:
    """The stays of today's members, the newest first."""
    stays = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=True)
    return stays.select_related("candidate").order_by("-entered_at", "-pk")


def waiting(segment: Segment) -> QuerySet[SegmentMember]:
    """Matches nobody has accepted or refused yet."""
    stays = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=False)
    return stays.select_related("candidate").order_by("entered_at", "pk")


def decisions(segment: Segment) -> QuerySet[SegmentDecision]:
    """What people decided about single candidates, whatever the rules say."""
    found = SegmentDecision.objects.filter(segment=segment)
    return found.select_related("candidate", "decided_by").order_by("pk")


def people(segment: Segment) -> QuerySet[SearchCandidate]:
    """The living members."""
    stay = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=True)
    return SearchCandidate.objects.filter(Exists(stay.filter(candidate_id=OuterRef("pk"))))


def dependents(segment_id: int) -> list[Segment]:
    """The segments whose rules or parent name this one."""
    others = Segment.objects.exclude(pk=segment_id).order_by("name", "pk")
    return [other for other in others if segment_id in depends_on(other.rules, other.parent_id)]


def naming_pool(pool_id: int) -> list[Segment]:
    """The segments whose rules ask who is in this pool."""
    others = Segment.objects.order_by("name", "pk")
    return [other for other in others if pool_id in named(other.rules, "pool")]


def with_waiting() -> QuerySet[Segment]:
    """Every segment with `waiting`, how many matches wait for a person."""
    is_waiting = Q(members__left_at=None, members__is_reviewed=False)
    return Segment.objects.annotate(waiting=Count("members", filter=is_waiting)).order_by("name", "pk")


def named(node: Any, noun: str = "segment") -> set[int]:
    """The segments (or pools) a tree asks about, by id."""
    if isinstance(node, list):
        return {pk for inner in node for pk in named(inner, noun)}
    if not isinstance(node, dict):
        return set()
    pk = node.get(noun)
    here = {pk} if isinstance(pk, int) and "journey" not in node else set()
    return here | named(node.get("rules"), noun) | named(node.get("not"), noun)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands with a segment: what was decided, and every stay, the latest first."""

    decision: SegmentDecision | None
    stays: tuple[SegmentMember, ...]

    @property
    def now(self) -> SegmentMember | None:
        return next((stay for stay in self.stays if stay.left_at is None), None)


def standing(segment: Segment, candidate_id: int) -> Standing:
    """One person's history with a segment."""
    decision = decisions(segment).filter(candidate_id=candidate_id).first()
    stays = SegmentMember.objects.filter(segment=segment, candidate_id=candidate_id)
    return Standing(decision, tuple(stays.order_by("-entered_at", "-pk")))
