"""Enrollments and journeys as a walk reads them: plain values, no models."""

from collections.abc import Collection

from django.db.models import QuerySet

from journeys.models import Enrollment, Journey
from journeys.policies.batches import Course, Traveler

_COLUMNS = (
    "pk", "journey_id", "version_id", "candidate_id", "enrolled_at", "step_id", "visit", "base_at", "due_at",
    "attempt", "waits_for", "waits_why", "state", "paced_by_id",
)  # fmt: skip


def travelers(rows: QuerySet[Enrollment]) -> list[Traveler]:
    """These enrollments."""
    return [Traveler(*row) for row in rows.values_list(*_COLUMNS)]


def journeys_of(ids: Collection[int]) -> dict[int, Course]:
    """These journeys by id."""
    rows = Journey.objects.filter(pk__in=ids).values_list("pk", "name", "owner_id", "is_campaign")
    return {row[0]: Course(*row) for row in rows}
