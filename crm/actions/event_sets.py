"""One kind of fact about many people, written by one statement. For one person or mixed facts see events."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from crm.actions.events import NewEvent
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import current_workspace_id
from crm.models import User
from crm.queries.subscribers import subscribers_of


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened to one person, of a kind named once for all."""

    candidate_id: int | None
    actor_id: int | None
    data: dict[str, Any]


def record_each(facts: Sequence[Fact], kind: str, *, at: datetime) -> int:
    """Record a fact per person, each with its own data, with the handoffs; returns how many."""
    if not facts:
        return 0
    subscribers = subscribers_of([kind]).get(kind, [])
    rows = [{"c": fact.candidate_id, "a": fact.actor_id, "d": fact.data} for fact in facts]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH recorded AS (
                INSERT INTO crm_event
                    (workspace_id, kind, candidate_id, actor_id, occurred_at, recorded_at, ref, data)
                SELECT %(workspace)s, %(kind)s, c, a, %(at)s, clock_timestamp(), '', d
                FROM json_to_recordset(%(rows)s) AS r(c bigint, a bigint, d jsonb)
                RETURNING id
            ), handed_off AS (
                INSERT INTO crm_eventhandoff (workspace_id, event_id, subscriber, created_at)
                SELECT %(workspace)s, recorded.id, subscriber, clock_timestamp()
                FROM recorded, unnest(%(subscribers)s::text[]) AS subscriber
            )
            SELECT count(*) FROM recorded
            """,
            {
                "workspace": current_workspace_id(),
                "kind": kind,
                "rows": json.dumps(rows),
                "at": at,
                "subscribers": subscribers,
            },
        )
        recorded: int = cursor.fetchone()[0]
    for task in subscribers:
        enqueue(task)
    return recorded


def record_facts(facts: Iterable[NewEvent]) -> int:
    """Facts of several kinds in one statement, with their handoffs; returns how many were new.

    One whose (kind, ref) was recorded before is left out, as `events.record_many` does.
    """
    rows: list[dict[str, Any]] = [
        {
            "k": fact.kind,
            "c": fact.candidate_id,
            "a": fact.actor_id,
            "at": fact.occurred_at.isoformat() if fact.occurred_at else None,
            "r": fact.ref,
            "d": fact.data,
        }
        for fact in facts
    ]
    if not rows:
        return 0
    pairs = [
        {"k": kind, "s": task}
        for kind, tasks in subscribers_of({row["k"] for row in rows}).items()
        for task in tasks
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH recorded AS (
                INSERT INTO crm_event
                    (workspace_id, kind, candidate_id, actor_id, occurred_at, recorded_at, ref, data)
                SELECT %(workspace)s, k, c, a, coalesce(at, clock_timestamp()), clock_timestamp(), r, d
                FROM json_to_recordset(%(rows)s)
                     AS told(k text, c bigint, a bigint, at timestamptz, r text, d jsonb)
                ON CONFLICT DO NOTHING RETURNING id, kind
            ), handed_off AS (
                INSERT INTO crm_eventhandoff (workspace_id, event_id, subscriber, created_at)
                SELECT %(workspace)s, recorded.id, s, clock_timestamp()
                FROM recorded JOIN json_to_recordset(%(pairs)s) AS listening(k text, s text) ON k = kind
            )
            SELECT kind, count(*) FROM recorded GROUP BY kind
            """,
            {
                "workspace": current_workspace_id(),
                "rows": json.dumps(rows, cls=DjangoJSONEncoder),
                "pairs": json.dumps(pairs),
            },
        )
        recorded = dict(cursor.fetchall())
    for task in dict.fromkeys(pair["s"] for pair in pairs if pair["k"] in recorded):
        enqueue(task)
    return sum(recorded.values())


def record_for(
    candidate_ids: Sequence[int],
    kind: str,
    *,
    by: User | None = None,
    at: datetime,
    data: dict[str, Any] | None = None,
    except_for: Collection[str] = (),
) -> int:
    """Record the fact once per person, with its handoffs, in this transaction; returns how many.

    Subscribers in `except_for` have no use for it, and get none.
    """
    if not candidate_ids:
        return 0
    listening = subscribers_of([kind]).get(kind, [])
    subscribers = [task for task in listening if task not in except_for]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH recorded AS (
                INSERT INTO crm_event
                    (workspace_id, kind, candidate_id, actor_id, occurred_at, recorded_at, ref, data)
                SELECT %(workspace)s, %(kind)s, candidate_id, %(actor)s, %(at)s, clock_timestamp(), '',
                       %(data)s
                FROM unnest(%(candidates)s::bigint[]) AS candidate_id
                RETURNING id
            ), handed_off AS (
                INSERT INTO crm_eventhandoff (workspace_id, event_id, subscriber, created_at)
                SELECT %(workspace)s, recorded.id, subscriber, clock_timestamp()
                FROM recorded, unnest(%(subscribers)s::text[]) AS subscriber
            )
            SELECT count(*) FROM recorded
            """,
            {
                "workspace": current_workspace_id(),
                "kind": kind,
                "candidates": list(candidate_ids),
                "actor": by.pk if by else None,
                "at": at,
                "data": json.dumps(data or {}),
                "subscribers": subscribers,
            },
        )
        recorded: int = cursor.fetchone()[0]
    for task in subscribers:
        enqueue(task)
    return recorded
