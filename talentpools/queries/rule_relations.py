"""`{"segment": id}` and `{"pool": id}` in rules: who is a member now (docs/rules.md)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from crm.policies.rules.places import Place
from crm.policies.rules.relations import Clock, Relation
from talentpools.models import Member, SegmentMember
from talentpools.queries import visibility


@dataclass(frozen=True, slots=True)
class Group:
    """The pool or segment a rule names. One the reader may not know of is like one that is not there."""

    id: int
    name: str = ""


def _read_segment(node: dict[str, Any], place: Place) -> Group:
    place.only(node, "segment")
    pk = place.at("segment").id(node["segment"])
    found = visibility.segments_of_reader().filter(pk=pk).values_list("pk", "name").first() if pk else None
    if pk and found is None:
        place.at("segment").fault("There is no such segment.")
    return Group(*found) if found else Group(0)


def _segment_condition(group: Group, _: Clock) -> Q:
    return Q(Exists(_stays(group).filter(candidate_id=OuterRef("pk"))))


def _segment_evidence(group: Group, candidate_id: int, _: Clock) -> dict[str, Any] | None:
    stay = _stays(group).filter(candidate_id=candidate_id).first()
    return {"member_since": stay.entered_at.isoformat()} if stay else None


def _stays(group: Group) -> Any:
    return SegmentMember.objects.filter(segment_id=group.id, left_at=None, is_reviewed=True)


def _read_pool(node: dict[str, Any], place: Place) -> Group:
    place.only(node, "pool")
    pk = place.at("pool").id(node["pool"])
    found = visibility.pools_of_reader().filter(pk=pk).values_list("pk", "name").first() if pk else None
    if pk and found is None:
        place.at("pool").fault("There is no such pool.")
    return Group(*found) if found else Group(0)


def _pool_condition(group: Group, _: Clock) -> Q:
    stays = Member.objects.filter(pool_id=group.id, left_at=None)
    return Q(Exists(stays.filter(candidate_id=OuterRef("pk"))))


def _pool_evidence(group: Group, candidate_id: int, _: Clock) -> dict[str, Any] | None:
    stay = Member.objects.filter(pool_id=group.id, candidate_id=candidate_id, left_at=None).first()
    return {"member_since": stay.entered_at.isoformat()} if stay else None


segment = Relation(
    read=_read_segment,
    condition=_segment_condition,
    words=lambda group: f"in segment {group.name}",
    evidence=_segment_evidence,
)
pool = Relation(
    read=_read_pool,
    condition=_pool_condition,
    words=lambda group: f"in pool {group.name}",
    evidence=_pool_evidence,
)
