"""`{"segment": id}` and `{"pool": id}` in rules: who is a member now (docs/rules.md)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from crm.policies.rules.places import Place
from crm.policies.rules.relations import Clock, Relation
from talentpools.models import Member, Pool, Segment, SegmentMember


@dataclass(frozen=True, slots=True)
class Group:
    """The pool or segment a rule names. `name` is what this reader may know it by."""

    id: int
    name: str = ""


def _read_segment(node: dict[str, Any], place: Place) -> Group:
    place.only(node, "segment")
    pk = place.at("segment").id(node["segment"])
    found = Segment.objects.filter(pk=pk).values_list("pk", "name").first() if pk else None
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
    pool = Pool.objects.filter(pk=pk, archived_at=None).first() if pk else None
    if pk and pool is None:
        place.at("pool").fault("There is no such pool.")
    if pool is None:
        return Group(0)
    # A rule is read by everybody here; the name of a pool that is not shared is not.
    return Group(pool.pk, pool.name if pool.visibility == Pool.Visibility.WORKSPACE else f"#{pool.pk}")


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
