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


def segment_named(pk: int) -> dict[str, str] | None:
    """How files call the segment: by its name, and its pool's where it lives under one."""
    found = visibility.segments_of_reader().filter(pk=pk).values_list("pool__name", "name").first()
    if found is None:
        return None
    return {"pool": found[0], "name": found[1]} if found[0] else {"name": found[1]}


def segment_here(told: Any, place: Place) -> Any:
    """The segment a file calls so."""
    if not isinstance(told, dict):
        return told
    name, pool_name = str(told.get("name", "")), told.get("pool")
    seen = visibility.segments_of_reader().filter(name=name)
    seen = seen.filter(pool__name=pool_name, pool__archived_at=None) if pool_name else seen.filter(pool=None)
    called = f"{pool_name}: {name}" if pool_name else name
    return place.one_called("segment", called, list(seen.values_list("pk", flat=True)))


def _segment_to_file(node: dict[str, Any]) -> dict[str, Any] | None:
    told = segment_named(node["segment"])
    return told and {"segment": told}


def _segment_from_file(node: dict[str, Any], place: Place) -> dict[str, Any]:
    return node | {"segment": segment_here(node["segment"], place.at("segment"))}


def pool_named(pk: int) -> dict[str, str] | None:
    """How files call the pool."""
    name = visibility.pools_of_reader().filter(pk=pk).values_list("name", flat=True).first()
    return {"name": name} if name else None


def pool_here(told: Any, place: Place) -> Any:
    """The pool a file calls so."""
    if not isinstance(told, dict):
        return told
    name = str(told.get("name", ""))
    seen = visibility.pools_of_reader().filter(name=name)
    return place.one_called("pool", name, list(seen.values_list("pk", flat=True)))


def _pool_to_file(node: dict[str, Any]) -> dict[str, Any] | None:
    told = pool_named(node["pool"])
    return told and {"pool": told}


def _pool_from_file(node: dict[str, Any], place: Place) -> dict[str, Any]:
    return node | {"pool": pool_here(node["pool"], place.at("pool"))}


segment = Relation(
    read=_read_segment,
    condition=_segment_condition,
    words=lambda group: f"in segment {group.name}",
    evidence=_segment_evidence,
    to_file=_segment_to_file,
    from_file=_segment_from_file,
)
pool = Relation(
    read=_read_pool,
    condition=_pool_condition,
    words=lambda group: f"in pool {group.name}",
    evidence=_pool_evidence,
    to_file=_pool_to_file,
    from_file=_pool_from_file,
)
