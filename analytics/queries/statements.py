"""SQL in named parts: a relation says what it reads, and a statement brings along all it needs.

Every part names the workspace literally for the planner; row-level security is what isolates. Filters are
constants of the statement (`null::text[] IS NULL OR …`), which PostgreSQL folds away when they are not asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from analytics.policies.questions import Question
from crm.kernel.tenancy import current_workspace_id

# Any of these from a person is a word back (specs: kpis, origin). Clicks count when a human made them.
TWO_WAY_KINDS = ["message.replied", "event.attended", "meeting.booked", "form.submitted", "message.clicked"]
CONTACT_KINDS = ["message.sent", "message.delivered"]
CALL_KINDS = ["call.completed", "call.logged"]


@dataclass(frozen=True, slots=True)
class Relation:
    """`WITH name AS (sql)`, after the relations it reads."""

    name: str
    sql: str
    reads: "tuple[Relation, ...]" = ()


def rows(
    sql: str, *, reads: Sequence[Relation], question: Question, extra: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of `sql` over the relations, for this question, in the workspace in scope."""
    parts = ", ".join(f"{relation.name} AS ({relation.sql})" for relation in _in_order(reads))
    statement = " ".join(["WITH", parts, sql]) if parts else sql
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(question) | dict(extra or {}))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


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
        "attribution_days": question.attribution_days,
        "two_way": TWO_WAY_KINDS,
        "contacts": CONTACT_KINDS,
        "calls": CALL_KINDS,
        "role_families": _or_null(filters.role_families),
        "departments": _or_null(filters.departments),
        "locations": _or_null(filters.locations),
        "pools": _or_null(filters.pools),
        "journeys": _or_null(filters.journeys),
        "recruiters": _or_null(filters.recruiters),
        "requisitions": _or_null(filters.requisitions),
    }


def _or_null(values: tuple[Any, ...]) -> list[Any] | None:
    return list(values) or None
