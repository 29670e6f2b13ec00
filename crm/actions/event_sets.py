"""One kind of fact about many people, written by one statement. For one person or mixed facts see events."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

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
