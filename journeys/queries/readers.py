"""What decides which words people get: field, language, and the segments they are in."""

from collections import defaultdict
from collections.abc import Collection

from crm.models import Candidate
from journeys.policies.variants import Reader, language_of
from talentpools.models import SegmentMember


def readers(ids: Collection[int], segment_ids: Collection[int]) -> dict[int, Reader]:
    """These people as readers; only membership in the given segments is looked up."""
    inside: dict[int, set[int]] = defaultdict(set)
    if segment_ids and ids:
        members = SegmentMember.objects.filter(
            segment_id__in=segment_ids, candidate_id__in=ids, left_at=None, is_reviewed=True
        )
        for candidate_id, segment_id in members.values_list("candidate_id", "segment_id"):
            inside[candidate_id].add(segment_id)
    rows = Candidate.objects.filter(pk__in=ids).values_list("pk", "role_family", "locale") if ids else ()
    return {pk: Reader(family, language_of(locale), frozenset(inside[pk])) for pk, family, locale in rows}
