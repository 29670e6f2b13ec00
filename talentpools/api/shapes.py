"""What pools, segments and explanations look like over the API."""

from typing import Any

from crm.policies.rules import words
from crm.queries.rule_traces import Explanation, Trace
from talentpools.models import Member, Pool, Receipt, Segment, SegmentMember


def pool(one: Pool) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "description": one.description,
        "role_family": one.role_family,
        "visibility": one.visibility,
        **_named(one),
        "owner": one.owner_id,
        "created_at": one.created_at,
    }


def _named(kept: Pool | Segment) -> dict[str, list[int]]:
    """Who beside the owner sees it when it is shared or confidential; lists prefetch these."""
    return {
        "guests": sorted(guest.user_id for guest in kept.guests.all()),
        "teams": sorted(one.team_id for one in kept.teams.all()),
    }


def member(stay: Member) -> dict[str, Any]:
    return {
        "candidate": stay.candidate_id,
        "name": str(stay.candidate),
        "entered_at": stay.entered_at,
        "added_by": stay.added_by_id,
    }


def receipt(made: Receipt) -> dict[str, Any]:
    return {"receipt": made.pk, "changed": made.changed, "unchanged": made.unchanged}


def segment(one: Segment) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "description": one.description,
        "rules": one.rules,
        "rules_version": one.rules_version,
        "mode": one.mode,
        "visibility": one.visibility,
        **_named(one),
        "pool": one.pool_id,
        "parent": one.parent_id,
        "owner": one.owner_id,
        "size": one.size,
        "refreshed_at": one.refreshed_at,
        "refresh_error": one.refresh_error,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def segment_member(stay: SegmentMember) -> dict[str, Any]:
    return {
        "candidate": stay.candidate_id,
        "name": str(stay.candidate),
        "entered_at": stay.entered_at,
        "entered_by_version": stay.entered_by_version,
    }


def explanation(found: Explanation) -> dict[str, Any]:
    return {"matches": found.matches, "is_living": found.is_living, "trace": trace(found.trace)}


def trace(one: Trace) -> dict[str, Any]:
    """A rule with its verdict; a group or a negation carries its rules, a single rule the person's value."""
    shown = {"rule": one.source, "sentence": words.text(one.sentence), "matches": one.matches}
    if one.match:
        return shown | {"match": one.match, "rules": [trace(inner) for inner in one.rules]}
    return shown | {"value": one.value}
