"""Folding facts into rollups: standings of applications, how far outreach came, and what happened per day.

Each fold computes its rows from the facts again and writes those that differ, so twice is once, a late or
changed fact is taken in like a new one, and any day can be rebuilt.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from analytics.actions import pool_mixes
from analytics.models import FoldMark
from analytics.policies.periods import Period
from analytics.policies.questions import News, Question
from analytics.queries import rollups
from analytics.queries.news import corrected_since, fresh_mark, holds, news_since, position
from analytics.queries.statements import bound
from analytics.queries.terms import current_terms
from analytics.queries.traces import LEAVE_TRACES
from crm.kernel.tenancy import current_workspace_id, workspace_scope
from crm.models import Candidate, Event, Workspace

BATCH = 20_000
"""People of one transaction when everybody is folded."""
SWEEP_EVERY = timedelta(hours=24)
"""Facts can change without an event (a deleted segment, say); once a day all of them are read again."""


def fold(*, workspace_id: int, now: datetime, everybody: bool = False) -> int:
    """Take in what happened since the last fold, or everything; returns how many people were looked at.

    Stopped half-way it starts again from the same facts; twice changes nothing.
    """
    with workspace_scope(workspace_id):
        mark, here, terms = FoldMark.objects.first(), position(), current_terms()
        zone = Workspace.objects.values_list("time_zone", flat=True).get(pk=workspace_id)
        is_full = everybody or mark is None or not holds(mark, terms=terms, zone=zone)
        is_full = is_full or mark.swept_at is None or mark.swept_at < now - SWEEP_EVERY  # type: ignore[union-attr]
        news = None if is_full or mark is None else _with_corrected(mark)
    count = _everything(workspace_id, now) if news is None else _only(workspace_id, news, now)
    with workspace_scope(workspace_id):
        moved = fresh_mark(here, terms=terms, now=now)
        if news is None:
            moved.swept_at = now
        moved.save()
        pool_mixes.recount(now=now)
    return count


@transaction.atomic
def fold_people(candidate_ids: Sequence[int], *, now: datetime) -> None:
    """Bring the rollups of these people up to date with their facts."""
    question = _question(now)
    people = {"people": list(candidate_ids)}
    for statement in rollups.OF_PEOPLE:
        _run(statement, question, people)


@transaction.atomic
def fold_days(days: Sequence[date], *, now: datetime) -> None:
    """Count these days of the workspace again, from the events."""
    if days:
        question = _question(now)
        for run in _runs(sorted(days)):
            period = Period(run[0], run[-1], question.period.zone)
            for statement in (rollups.FORGET_DAYS, rollups.FOLD_DAYS):
                _run(statement, replace(question, period=period), {"days": list(run)})


def rebuild_day(day: date, *, now: datetime) -> None:
    """All that is folded of one day: its counts, and everybody something happened to on it."""
    zone = _question(now).period.zone
    period = Period(day, day, zone)
    found = Event.objects.filter(
        occurred_at__gte=period.start, occurred_at__lt=period.end, candidate__isnull=False
    )
    fold_people(sorted(set(found.values_list("candidate_id", flat=True))), now=now)
    fold_days([day], now=now)


def witness_erasure(candidate: Candidate, *, now: datetime) -> None:
    """Keep what was decided and counted of a person for good, while there still is something to count."""
    fold_people([candidate.pk], now=now)
    for statement in (rollups.FINISH_STANDINGS, rollups.FINISH_REACH, LEAVE_TRACES):
        _run(statement, _question(now), {"people": [candidate.pk]})


def _with_corrected(mark: FoldMark) -> News:
    news = news_since(mark)
    return replace(news, people=tuple(sorted({*news.people, *corrected_since(mark)})))


def _only(workspace_id: int, news: News, now: datetime) -> int:
    for start in range(0, len(news.people), BATCH):
        with workspace_scope(workspace_id):
            fold_people(news.people[start : start + BATCH], now=now)
    with workspace_scope(workspace_id):
        fold_days(news.days, now=now)
    return len(news.people)


def _everything(workspace_id: int, now: datetime) -> int:
    with workspace_scope(workspace_id):
        ids = list(Candidate.objects.order_by("pk").values_list("pk", flat=True))
        edges = Event.objects.order_by("occurred_at").values_list("occurred_at", flat=True)
        first, last = edges.first(), edges.last()
        zone = _question(now).period.zone
    for start in range(0, len(ids), BATCH):
        with workspace_scope(workspace_id):
            fold_people(ids[start : start + BATCH], now=now)
    for run in _months(first, last, zone):
        with workspace_scope(workspace_id):
            fold_days(run, now=now)
    return len(ids)


def _months(first: datetime | None, last: datetime | None, zone: ZoneInfo) -> list[list[date]]:
    if first is None or last is None:
        return []
    begin, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    days = [begin + timedelta(days=number) for number in range((end - begin).days + 1)]
    return [days[start : start + 31] for start in range(0, len(days), 31)]


def _runs(days: Sequence[date]) -> list[list[date]]:
    """Days that follow one another, together."""
    runs: list[list[date]] = []
    for day in days:
        if runs and runs[-1][-1] + timedelta(days=1) == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _question(now: datetime) -> Question:
    """Everything, read from the facts."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    zone = ZoneInfo(workspace.time_zone)
    return Question(Period(date(1970, 1, 2), date(9000, 1, 1), zone), now, terms=current_terms())


def _run(statement: rollups.Statement, question: Question, extra: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*bound(statement.sql, reads=statement.reads, question=question, extra=extra))
