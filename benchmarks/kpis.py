"""The KPI dashboard over 5M events and 200,000 applications, beside the same questions written by hand."""

import io
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
from django.db import connection
from django.utils import timezone

from analytics.actions import folding
from analytics.policies.periods import last_days
from analytics.policies.questions import Question
from analytics.queries import contacts, kpis, trends
from analytics.queries.news import news_of
from analytics.queries.terms import current_terms
from analytics.views.kpis import OVERVIEW
from benchmarks.report import Bench, Figure, once, p95
from crm.actions import users, workspaces
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace

EVENTS, APPLICATIONS, PEOPLE, REQUISITIONS = 5_000_000, 200_000, 400_000, 8_000
SLUG = "bench-kpis"
KINDS = (
    ("message.sent", 34), ("message.delivered", 33), ("message.opened", 18), ("message.clicked", 5),
    ("message.replied", 3), ("event.attended", 2), ("stage.changed", 3), ("form.submitted", 2),
)  # fmt: skip
STAGES = ("initial_interest", "screening", "interview_ready", "offer_ready")


def run(bench: Bench) -> Iterator[Figure]:
    """What the overview asks, warm; the floor is one statement a figure over the same rows, by hand."""
    scale = min(1.0, bench.people / 10_000)
    workspace = _workspace(scale)
    now = timezone.now()
    with workspace_scope(workspace.pk):
        zone = ZoneInfo(workspace.time_zone)
        asked = Question(last_days(now.date(), 365, zone), now, terms=current_terms())

        def ours() -> Any:
            question = replace(asked, news=news_of(asked))
            found = kpis.kpis(question, OVERVIEW)
            return found, contacts.waiting_and_lost(question), trends.monthly_time_to_hire(question)

        parameters = {"w": workspace.pk, "start": asked.period.start, "end": asked.period.end, "now": now}
        _agree(ours()[0], parameters)
        name = f"dashboard, {EVENTS * scale:,.0f} events, {APPLICATIONS * scale:,.0f} applications"
        yield Figure(name, p95(ours, times=20), p95(_by_hand(parameters), times=20), "p95 ≤ 300 ms, ≤ 1.5 ×")
    again = once(lambda: folding.fold(workspace_id=workspace.pk, now=timezone.now()))
    yield Figure("fold with nothing new", again, 0, "seconds at most")


_FLOORS = {
    "hires": """
        SELECT s.origin, count(*),
            avg(extract(epoch FROM o.resolved_at - coalesce(r.approved_at, r.opened_at))),
            percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY o.resolved_at - coalesce(r.approved_at,
                r.opened_at)), avg(extract(epoch FROM o.resolved_at - a.applied_at)),
            avg(extract(epoch FROM a.applied_at - s.known_since)), count(*) FILTER (WHERE s.is_assisted)
        FROM crm_offer o JOIN crm_application a ON a.workspace_id = %(w)s AND a.id = o.application_id
        JOIN crm_requisition r ON r.workspace_id = %(w)s AND r.id = a.requisition_id
        JOIN analytics_standing s ON s.workspace_id = %(w)s AND s.application_id = a.id
        WHERE o.workspace_id = %(w)s AND o.status = 'accepted' AND o.resolved_at >= %(start)s
        AND o.resolved_at < %(end)s AND NOT EXISTS (SELECT FROM crm_offer n WHERE n.workspace_id = %(w)s
            AND n.application_id = o.application_id AND n.version > o.version)
        GROUP BY ROLLUP (s.origin)""",
    "month": """
        SELECT date_trunc('month', o.resolved_at), s.origin,
            avg(extract(epoch FROM o.resolved_at - coalesce(r.approved_at, r.opened_at)))
        FROM crm_offer o JOIN crm_application a ON a.workspace_id = %(w)s AND a.id = o.application_id
        JOIN crm_requisition r ON r.workspace_id = %(w)s AND r.id = a.requisition_id
        JOIN analytics_standing s ON s.workspace_id = %(w)s AND s.application_id = a.id
        WHERE o.workspace_id = %(w)s AND o.status = 'accepted' AND o.resolved_at >= %(start)s
        AND o.resolved_at < %(end)s GROUP BY 1, 2""",
    "offers": """
        SELECT s.nurtured_at IS NOT NULL, o.status, count(*) FROM crm_offer o
        JOIN analytics_standing s ON s.workspace_id = %(w)s AND s.application_id = o.application_id
        WHERE o.workspace_id = %(w)s AND o.extended_at >= %(start)s AND o.extended_at < %(end)s
        AND NOT EXISTS (SELECT FROM crm_offer n WHERE n.workspace_id = %(w)s
            AND n.application_id = o.application_id AND n.version > o.version) GROUP BY 1, 2""",
    "outreach": """
        SELECT count(*), count(delivered_at), count(engaged_at), count(replied_at),
            count(screening_started_at), count(screened_at),
            count(*) FILTER (WHERE c.unsubscribed_at IS NOT NULL OR c.archived_at IS NOT NULL),
            count(*) FILTER (WHERE screened_at <= contacted_at + interval '30 days'),
            count(*) FILTER (WHERE screened_at <= contacted_at + interval '60 days'),
            count(*) FILTER (WHERE screened_at <= contacted_at + interval '90 days')
        FROM analytics_outreach o JOIN crm_candidate c ON c.workspace_id = %(w)s AND c.id = o.candidate_id
        WHERE o.workspace_id = %(w)s AND o.contacted_at >= %(start)s AND o.contacted_at < %(end)s""",
    "replies": """
        SELECT count(*), count(answered_at) FROM analytics_outreach
        WHERE workspace_id = %(w)s AND delivered_at >= %(start)s AND delivered_at < %(end)s""",
    "fills": """
        SELECT count(*), avg(filled.at - r.opened_at) FROM crm_requisition r JOIN LATERAL (
            SELECT o.resolved_at AS at FROM crm_application a JOIN crm_offer o ON o.workspace_id = %(w)s
            AND o.application_id = a.id AND o.status = 'accepted'
            WHERE a.workspace_id = %(w)s AND a.requisition_id = r.id
            ORDER BY o.resolved_at OFFSET r.openings - 1 LIMIT 1) filled ON true
        WHERE r.workspace_id = %(w)s AND filled.at >= %(start)s AND filled.at < %(end)s""",
}


def _by_hand(parameters: dict[str, Any]) -> Callable[[], object]:
    def floor() -> None:
        with connection.cursor() as cursor:
            for statement in _FLOORS.values():
                cursor.execute(statement, parameters)
                cursor.fetchall()

    return floor


def _agree(found: Any, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FLOORS["replies"], parameters)
        figure = found["reply_rate"]
        assert cursor.fetchone() == (figure.delivered, figure.replied)


def _workspace(scale: float) -> Workspace:
    slug = SLUG if scale == 1 else f"{SLUG}-{int(EVENTS * scale)}"
    known = Workspace.objects.filter(slug=slug).first()
    if known:
        return known
    owner = users.find_or_create(email="bench@rekindle.example")
    made = workspaces.create(name="Bench KPIs", owner=owner, slug=slug)
    print("Seeding the figures' facts", file=sys.stderr)
    _Seed(made.pk, scale).run()
    with workspace_scope(made.pk):
        made.refresh_from_db()
    print("Folding them", file=sys.stderr)
    taken = once(lambda: folding.fold(workspace_id=made.pk, now=timezone.now(), everybody=True))
    print(f"Folded everybody in {taken / 1_000:,.0f} s", file=sys.stderr)
    settle = psycopg2.connect(os.environ["DATABASE_URL"])
    settle.autocommit = True
    settle.cursor().execute("VACUUM ANALYZE")
    settle.close()
    return made


class _Seed:
    """Rows by COPY as the owner, from a fixed seed."""

    def __init__(self, workspace: int, scale: float) -> None:
        self.workspace, self.scale, self.dice = workspace, scale, random.Random(17)
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.people, self.requisitions = int(PEOPLE * scale), max(2, int(REQUISITIONS * scale))

    def run(self) -> None:
        connected = psycopg2.connect(os.environ["DATABASE_URL"])
        with connected, connected.cursor() as cursor:
            self.cursor = cursor
            cursor.execute("SET session_replication_role = replica")
            first = self._ids("crm_candidate", self.people)
            openings = self._ids("crm_requisition", self.requisitions)
            self._sql(_PEOPLE, first=first, n=self.people)
            self._sql(_REQUISITIONS, first=openings, n=self.requisitions)
            self._applications(first, openings)
            self._events(first)
        connected.close()

    def _applications(self, first: int, openings: int) -> None:
        count = int(APPLICATIONS * self.scale)
        base, offer = self._ids("crm_application", count), self._ids("crm_offer", count // 4)
        applications, offers = [], []
        for number in range(count):
            applied = self._moment(1_080)
            person, opening = first + self.dice.randrange(self.people), openings + number % self.requisitions
            hired = number % 10 == 0
            outcome = "hired" if hired else "rejected"
            ended = applied + timedelta(days=self.dice.randint(8, 60))
            row = (base + number, person, opening, applied, outcome, ended, ended if hired else None)
            applications.append((*row, *_UNUSED, applied, applied))
            if number % 8 == 0 or hired:
                status = "accepted" if hired else "declined"
                offers.append((offer, base + number, status, ended - timedelta(days=4), ended, 1))
                offer += 1
        self._copy("crm_application", _APPLICATION, applications)
        self._copy("crm_offer", _OFFER, offers)

    def _events(self, first: int) -> None:
        total, done = int(EVENTS * self.scale), 0
        kinds = [kind for kind, weight in KINDS for _ in range(weight)]
        while done < total:
            rows = []
            for _ in range(min(250_000, total - done)):
                kind, at = self.dice.choice(kinds), self._moment(1_090)
                data = _DATA.get(kind) or f'{{"from": "", "to": "{self.dice.choice(STAGES)}"}}'
                rows.append((kind, first + self.dice.randrange(self.people), at, at, "", data))
            self._copy("crm_event", _EVENT, rows)
            done += len(rows)

    def _moment(self, days: int) -> datetime:
        return self.now - timedelta(seconds=self.dice.randrange(days * 86_400))

    def _ids(self, table: str, count: int) -> int:
        self.cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = self.cursor.fetchone()[0]
        self.cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [sequence, sequence, count])
        return int(self.cursor.fetchone()[0]) - count

    def _sql(self, statement: str, **values: int) -> None:
        self.cursor.execute(statement, values | {"w": self.workspace})

    def _copy(self, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        text = io.StringIO()
        for row in rows:
            cells = ("\\N" if cell is None else str(cell) for cell in (self.workspace, *row))
            text.write("\t".join(cells) + "\n")
        text.seek(0)
        names = ", ".join(("workspace_id", *columns))
        self.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", text)


_DATA = {kind: "{}" for kind, _ in KINDS if kind != "stage.changed"} | {
    "message.clicked": '{"human": "human"}',
    "message.delivered": '{"kind": "journey"}',
}
_EVENT = ("kind", "candidate_id", "occurred_at", "recorded_at", "ref", "data")
_UNUSED = ("", "", "", "", 0, "", "", False)
_APPLICATION = (
    "id", "candidate_id", "requisition_id", "applied_at", "outcome", "ended_at", "hired_at", "source",
    "rejection_reason", "rejection_reason_text", "furthest_stage", "furthest_rank", "current_stage",
    "current_stage_name", "is_pushed", "created_at", "updated_at",
)  # fmt: skip
_OFFER = ("id", "application_id", "status", "extended_at", "resolved_at", "version")
_PEOPLE = """
    INSERT INTO crm_candidate (workspace_id, id, first_name, last_name, email, headline, current_title,
        current_company, city, region, country, time_zone, locale, source, origin, role_family, seniority,
        stage, availability, languages, custom, topics_declined, email_state, consent,
        in_process, created_at, updated_at, edited_fields, unsubscribed_at)
    SELECT %(w)s, n, 'Given', 'Family' || n, 'p' || n || '@bench.example', '', 'Engineer', 'Acme', 'Berlin',
        '', 'DE', '', '', 'Import', 'import', (ARRAY['engineering', 'sales'])[1 + n %% 2], 'senior', '', '',
        '{}', '{}', '{}', 'valid', 'granted', false, now() - interval '3 years', now(), '{}',
        CASE WHEN n %% 20 = 0 THEN now() END
    FROM generate_series(%(first)s, %(first)s + %(n)s - 1) n
"""
_REQUISITIONS = """
    INSERT INTO crm_requisition (workspace_id, id, title, code, status, openings, department, location,
        country, is_remote, role_family, seniority, skills, description, hiring_manager_name,
        opened_at, approved_at, created_at, updated_at)
    SELECT %(w)s, n, 'Opening ' || n, '', 'open', 3, 'Product', 'Berlin', 'DE', false, 'engineering',
        'senior', '{}', '', '', now() - make_interval(days => (n %% 1080)::int + 30),
        now() - make_interval(days => (n %% 1080)::int + 25), now(), now()
    FROM generate_series(%(first)s, %(first)s + %(n)s - 1) n
"""
