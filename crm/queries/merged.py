from collections.abc import Collection

from crm.models import Candidate


def merged_into(candidate_ids: Collection[int]) -> dict[int, int]:
    """Who the merged ones among these people are now; those who were never merged are left out."""
    found: dict[int, int] = {}
    open_ids = set(candidate_ids)
    while open_ids:
        merged = Candidate.objects.filter(pk__in=open_ids).exclude(merged_into=None)
        step = dict(merged.values_list("pk", "merged_into_id"))
        found = {pk: step.get(now, now) for pk, now in found.items()} | {
            pk: now for pk, now in step.items() if pk in candidate_ids
        }
        open_ids = set(step.values())
    return found
