"""Every page of figures over 5M events and 200,000 applications, beside the same written by hand."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
from django.db import connection
from django.utils import timezone

from analytics.actions import folding
from analytics.models import SHAPE, FoldMark
from analytics.policies.periods import just_before, last_days
from analytics.policies.questions import Question
from analytics.queries import kpis
from analytics.queries.answers import Answers
from analytics.queries.dashboards.registry import DASHBOARDS
from analytics.queries.details import details
from analytics.queries.news import news_of
from analytics.queries.terms import current_terms
from benchmarks.kpi_facts import APPLICATIONS, EVENTS, Facts
from benchmarks.kpi_floors import FLOORS, REPLIES, by_hand
from benchmarks.report import Bench, Figure, once, p95
from crm.actions import users, workspaces
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace

SLUG = "bench-figures"
REACH = "p95 ≤ 300 ms, ≤ 1.5 ×"
_PAGES: dict[str, Callable[[Question], Any]] = {
    **DASHBOARDS,
    "comparison": lambda asked: kpis.compare(asked, just_before(asked.period)),
    "api": lambda asked: _everything(Answers(asked)),
}


def run(bench: Bench) -> Iterator[Figure]:
    """What each page asks, news included, warm; the floor reads the same rollups."""
    scale = min(1.0, bench.people / 10_000)
    workspace = _workspace(scale)
    now = timezone.now()
    size = f"{EVENTS * scale:,.0f} events, {APPLICATIONS * scale:,.0f} applications"
    with workspace_scope(workspace.pk):
        asked = Question(
            last_days(now.date(), 365, ZoneInfo(workspace.time_zone)), now, terms=current_terms()
        )
        start, end = asked.period.start, asked.period.end
        parameters = {"w": workspace.pk, "start": start, "end": end, "now": now}
        _agree(kpis.kpis(replace(asked, news=news_of(asked)), ("reply_rate",)), parameters)
        for name, page in _PAGES.items():
            floor = p95(by_hand(FLOORS[name], parameters), times=20) if name in FLOORS else 0
            yield Figure(f"{name}, {size}", p95(_reading(page, asked), times=20), floor, REACH)
    again = once(lambda: folding.fold(workspace_id=workspace.pk, now=timezone.now()))
    yield Figure("fold with nothing new", again, 0, "seconds at most")


def _everything(answers: Answers) -> Any:
    return [answers[key] for key in kpis.KPIS], details(answers)


def _reading(page: Callable[[Question], Any], asked: Question) -> Callable[[], Any]:
    return lambda: page(replace(asked, news=news_of(asked)))


def _agree(found: Any, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(REPLIES, parameters)
        figure = found["reply_rate"]
        assert cursor.fetchone() == (figure.delivered, figure.replied)


def _workspace(scale: float) -> Workspace:
    """The workspace of that size, made once per DATA_DIR; a run that was cut off goes on with folding."""
    slug = SLUG if scale == 1 else f"{SLUG}-{int(EVENTS * scale)}"
    made = Workspace.objects.filter(slug=slug).first() or _seeded(slug, scale)
    with workspace_scope(made.pk):
        is_folded = FoldMark.objects.filter(shape=SHAPE).exists()
    if not is_folded:
        taken = once(lambda: folding.fold(workspace_id=made.pk, now=timezone.now(), everybody=True))
        print(f"Folded everybody in {taken / 1_000:,.0f} s", file=sys.stderr)
        _vacuum()
    return made


def _seeded(slug: str, scale: float) -> Workspace:
    owner = users.find_or_create(email="bench@rekindle.example")
    made = workspaces.create(name="Bench KPIs", owner=owner, slug=slug)
    print("Seeding the facts", file=sys.stderr)
    now = timezone.now() - timedelta(minutes=1)
    taken = once(Facts(workspace=made.pk, owner=owner.pk, scale=scale, now=now).run)
    print(f"Seeded in {taken / 1_000:,.0f} s", file=sys.stderr)
    _vacuum()
    return made


def _vacuum() -> None:
    settle = psycopg2.connect(os.environ["DATABASE_URL"])
    settle.autocommit = True
    settle.cursor().execute("VACUUM ANALYZE")
    settle.close()
