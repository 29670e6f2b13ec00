"""Whose dates bring them into journeys, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max
from django.utils.dateparse import parse_date

from crm.models import Candidate
from crm.policies.rules import catalogue
from crm.policies.rules.catalogue import Field, Type
from crm.queries import rule_columns
from crm.queries.people import custom_fields
from journeys.models import Enrollment, Journey
from journeys.policies.branching import Plan
from journeys.policies.file_format import Delay
from journeys.policies.parsing import read_offset
from journeys.policies.person_dates import bounds, moment_of
from journeys.queries import people, plans


@dataclass(frozen=True, slots=True)
class Coming:
    """A journey, and when whose date starts it, by person."""

    journey: Journey
    moments: Mapping[int, datetime]


def coming(*, since: datetime, until: datetime) -> list[Coming]:
    """For each live journey that starts on a date: whose date stands for an instant between these two."""
    live = Journey.objects.filter(state=Journey.State.LIVE, version__definition__trigger__on="date")
    by_version = plans.plans_of([journey.version_id or 0 for journey in live]) if live else {}
    known = date_fields() if live else {}
    return [
        Coming(journey, _moments(by_version[journey.version_id or 0], known, since, until))
        for journey in live
    ]


def date_fields() -> dict[str, Field]:
    """Every field of a person that holds a day or an instant."""
    every = catalogue.fields(custom_fields().values())
    return {key: field for key, field in every.items() if field.type in (Type.DATE, Type.DATETIME)}


def entered_since(journey: Journey, ids: Mapping[int, datetime]) -> set[int]:
    """Who entered at their moment or after it: one date starts one enrollment."""
    earlier = Enrollment.objects.filter(journey=journey, candidate_id__in=ids).values("candidate_id")
    last = earlier.annotate(last=Max("enrolled_at")).values_list("candidate_id", "last")
    return {pk for pk, entered_at in last if entered_at >= ids[pk]}


def _moments(plan: Plan, known: Mapping[str, Field], since: datetime, until: datetime) -> dict[int, datetime]:
    trigger, holidays = plan.journey.trigger, plan.journey.settings.holidays
    field = known.get(str(trigger.options.get("field")))
    if field is None:
        return {}
    offset = read_offset(trigger.options.get("offset"))
    dates = _dates(field, offset, since, until)
    home = people.house()
    persons = people.people(dates, home, now=until)
    moments = {pk: moment_of(dates[pk], offset, person.place(holidays)) for pk, person in persons.items()}
    return {pk: moment for pk, moment in moments.items() if since < moment <= until}


def _dates(field: Field, offset: Delay, since: datetime, until: datetime) -> dict[int, date]:
    first, last = bounds(since, until, offset)
    living = Candidate.objects.filter(archived_at=None, merged_into=None, anonymized_at=None)
    if field.type is Type.DATETIME and not field.is_custom:
        rows = living.filter(**{f"{field.key}__range": (first, last)})
        return dict(rows.values_list("pk", F(field.key)))
    day: Any = rule_columns.day(field)
    rows = living.annotate(day=day).filter(day__range=(first.date().isoformat(), last.date().isoformat()))
    found = {pk: _parsed(text) for pk, text in rows.values_list("pk", "day")}
    return {pk: day for pk, day in found.items() if day is not None}


def _parsed(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # the 31st of February, from an import
        return None
