"""Interviews and scorecards: facts of the person's timeline, told once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from crm.actions import event_sets
from crm.actions.events import NewEvent
from crm.models import Application
from integrations.actions.records.matching import Fresh, Outcome, our_ids
from integrations.models import Connection, ExternalRef
from integrations.providers.base import InterviewRecord, ScorecardRecord


def apply_interviews(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """`interview.scheduled`, once per interview and time: one that is moved is told again."""
    return _apply(connection, fresh, "interview.scheduled", _interview)


def apply_scorecards(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """`scorecard.submitted`, once per scorecard."""
    return _apply(connection, fresh, "scorecard.submitted", _scorecard)


def _apply(
    connection: Connection,
    fresh: list[Fresh],
    kind: str,
    told: Callable[[Any], tuple[datetime, str, Mapping[str, Any]]],
) -> dict[str, Outcome]:
    wanted = {item.record.application_id for item in fresh}
    ours = our_ids(connection, ExternalRef.Kind.APPLICATION, wanted)
    people = dict(Application.objects.filter(pk__in=ours.values()).values_list("pk", "candidate_id"))
    outcomes: dict[str, Outcome] = {}
    facts = []
    for item in fresh:
        pk = ours.get(item.record.application_id, 0)
        if pk not in people:
            outcomes[item.row.external_id] = Outcome("skipped", warning="its application is not kept here")
            continue
        at, mark, data = told(item.record)
        ref = f"{connection.pk}:{item.row.external_id}{mark}"[:120]
        facts.append(NewEvent(kind, people[pk], None, at, ref, {"application": pk, **data}))
        outcomes[item.row.external_id] = Outcome("changed" if item.ref else "created", pk)
    event_sets.record_facts(facts)
    return outcomes


def _interview(record: InterviewRecord) -> tuple[datetime, str, Mapping[str, Any]]:
    starts = record.starts_at.isoformat() if record.starts_at else ""
    data = {"title": record.title, "starts_at": starts, "interviewers": list(record.interviewers)}
    return record.scheduled_at, f":{starts}", data


def _scorecard(record: ScorecardRecord) -> tuple[datetime, str, Mapping[str, Any]]:
    data = {"title": record.title, "rating": record.rating, "author": record.author}
    return record.submitted_at, "", data
