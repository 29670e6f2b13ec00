"""Journeys that start a while before or after a date of the person."""

from datetime import datetime, timedelta

from django.utils.dateparse import parse_date

from crm.models import Candidate
from journeys.actions import enrollments
from journeys.models import Journey
from journeys.policies.file_format import Delay
from journeys.policies.parsing import read_offset
from journeys.policies.timing import Place, due_after
from journeys.queries import people, plans

# How long after its moment a date still counts, for ticks that come late.
_GRACE = timedelta(days=2)


def enroll_due(*, now: datetime) -> int:
    """Enroll everybody whose date, moved by the offset, was reached within the last two days."""
    live = Journey.objects.filter(state=Journey.State.LIVE, draft__trigger__on="date", version__isnull=False)
    count = 0
    for journey in live:
        plan = plans.plans_of([journey.version_id or 0])[journey.version_id or 0]
        trigger = plan.journey.trigger
        if trigger.on == "date":
            ids = _reached(trigger.options["field"], read_offset(trigger.options.get("offset")), now)
            count += enrollments.enroll(journey=journey, candidate_ids=ids, now=now).count
    return count


def _reached(field: str, offset: Delay, now: datetime) -> list[int]:
    key = field.removeprefix("custom.")
    dated = Candidate.objects.filter(archived_at=None, custom__has_key=key)
    dates = {pk: parse_date(str(value)[:10]) for pk, value in dated.values_list("pk", f"custom__{key}")}
    home = people.house()
    known = people.people(dates, home, now=now)
    found = []
    for pk, day in dates.items():
        if day is None or pk not in known:
            continue
        place: Place = known[pk].place("")
        midnight = datetime(day.year, day.month, day.day, tzinfo=place.zone)
        reached = due_after(midnight, offset, place)
        if reached <= now < reached + _GRACE:
            found.append(pk)
    return found
