"""Journeys that start a while before or after a date of the person."""

from datetime import datetime, timedelta

from journeys.actions import enrollments
from journeys.queries import person_dates

# How long after its moment a date still counts, for sweeps that come late.
GRACE = timedelta(days=2)


def enroll_due(*, now: datetime) -> int:
    """Enroll everybody whose date, moved by the offset, was reached in the last two days; once a date."""
    count = 0
    for found in person_dates.coming(since=now - GRACE, until=now):
        done = person_dates.entered_since(found.journey, found.moments)
        ids = [pk for pk in found.moments if pk not in done]
        if ids:
            count += enrollments.enroll(journey=found.journey, candidate_ids=ids, now=now).count
    return count


def next_moment(*, after: datetime, until: datetime) -> datetime | None:
    """The first instant after `after` at which a date starts a journey; None when none does by `until`."""
    found = person_dates.coming(since=after, until=until)
    return min((moment for one in found for moment in one.moments.values()), default=None)
