"""SQL in named parts: a relation says what it reads, and a statement brings along all it needs.

Every part names the workspace literally for the planner; row-level security is what isolates. Filters are
constants of the statement (`null::text[] IS NULL OR …`), which PostgreSQL folds away when they are not asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from analytics.policies.questions import Question
from analytics.policies.terms import Terms
from crm.kernel.tenancy import current_workspace_id

# Of whom a statement reads the rollup `s`, and of whom (`{subject}`) the facts: of those to whom
# something happened since the last fold, or of everybody where the rollups are not trusted.
FOLDED = "%(trusts)s AND s.candidate_id <> ALL(%(news)s::bigint[])"
UNFOLDED = "(NOT %(trusts)s OR {subject}.candidate_id = ANY(%(news)s::bigint[]))"
# Whoever `{of}` is about was erased since; they are counted, without a name.
ERASED = """{of}.candidate_id IN (
    SELECT erasure.candidate_id FROM crm_event erasure
    WHERE erasure.workspace_id = %(workspace)s AND erasure.kind = 'candidate.erased')"""
CONTACT_KINDS = ["message.sent", "message.delivered"]
CALL_KINDS = ["call.completed", "call.logged"]
# What is counted per day (DayCount).
ACTIVITIES = (
    "candidate.created", "message.sent", "message.delivered", "message.clicked", "message.replied",
    "event.attended", "form.submitted", "meeting.booked", "call.completed", "stage.changed",
    "application.created", "application.rejected", "application.hired", "offer.extended", "offer.accepted",
    "offer.declined", "journey.enrolled", "pool.candidate_added", "pool.candidate_removed",
    "segment.entered", "segment.left",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relation:
    """`WITH name AS (sql)`, after the relations it reads."""

    name: str
    sql: str
    reads: "tuple[Relation, ...]" = ()


def before_the_period(relation: Relation, name: str) -> Relation:
    """The same relation over all that came before the period."""
    sql = relation.sql.replace("%(end)s", "[end]").replace("%(start)s", "'-infinity'::timestamptz")
    return Relation(name, sql.replace("[end]", "%(start)s"), relation.reads)


def counting(conditions: Mapping[str, str]) -> str:
    """Columns that count the rows of which each condition holds, by name."""
    return ", ".join(f"count(*) FILTER (WHERE {sql}) AS {name}" for name, sql in conditions.items())


def rows(
    sql: str, *, reads: Sequence[Relation], question: Question, extra: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of `sql` over the relations, for this question, in the workspace in scope."""
    with connection.cursor() as cursor:
        cursor.execute(*bound(sql, reads=reads, question=question, extra=extra))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def bound(
    sql: str, *, reads: Sequence[Relation], question: Question, extra: Mapping[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    """The statement with all it needs, and its parameters."""
    parts = ", ".join(f"{relation.name} AS ({relation.sql})" for relation in _in_order(reads))
    statement = " ".join(["WITH", parts, sql]) if parts else sql
    return statement, _parameters(question) | dict(extra or {})


def _in_order(relations: Sequence[Relation]) -> list[Relation]:
    ordered: dict[str, Relation] = {}
    for relation in relations:
        for needed in _with_sources(relation):
            ordered.setdefault(needed.name, needed)
    return list(ordered.values())


def _with_sources(relation: Relation) -> Iterator[Relation]:
    for source in relation.reads:
        yield from _with_sources(source)
    yield relation


def _parameters(question: Question) -> dict[str, Any]:
    filters = question.filters
    return {
        "workspace": current_workspace_id(),
        "start": question.period.start,
        "end": question.period.end,
        "from_on": question.period.from_on,
        "to_on": question.period.to_on,
        "zone": question.period.zone.key,
        "now": question.now,
        **_of_terms(question.terms),
        "trusts": question.news is not None,
        "news": list(question.news.people) if question.news else [],
        "contacts": CONTACT_KINDS,
        "activities": list(ACTIVITIES),
        "role_families": _or_null(filters.role_families),
        "departments": _or_null(filters.departments),
        "locations": _or_null(filters.locations),
        "pools": _or_null(filters.pools),
        "journeys": _or_null(filters.journeys),
        "recruiters": _or_null(filters.recruiters),
        "requisitions": _or_null(filters.requisitions),
    }


def _of_terms(terms: Terms) -> dict[str, Any]:
    return {
        "terms": terms.number,
        "attribution_days": terms.attribution_days,
        "two_way": list(terms.two_way),
        "started_stages": terms.started_stages,
        "completed_stages": terms.completed_stages,
        "calls": CALL_KINDS if terms.counts_calls else [],
        "nurtured_by": list(terms.nurtured_by),
    }


def _or_null(values: tuple[Any, ...]) -> list[Any] | None:
    return list(values) or None
