"""What people say they look for."""

from collections.abc import Collection

from crm.models import Candidate, JobPreference


def stated(ids: Collection[int]) -> dict[int, JobPreference]:
    """By person; who never said anything is left out."""
    return {row.candidate_id: row for row in JobPreference.objects.filter(candidate_id__in=ids)}


def of(candidate: Candidate) -> JobPreference | None:
    """What this person said, if anything."""
    return JobPreference.objects.filter(candidate=candidate).first()
