"""Which records share an address, a number or a name with a company: groups, found set by set."""

from collections import defaultdict
from collections.abc import Collection
from itertools import combinations
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, ContactPoint, Message
from crm.policies import duplicates

# A number on so many records is a switchboard's, a name and company on so many a test import's.
LARGEST_GROUP = 8
MOST_GROUPS = 50_000
Signs = dict[tuple[int, int], set[str]]

_BY_CONTACT = """
    SELECT p.kind, p.normalized, array_agg(DISTINCT p.candidate_id ORDER BY p.candidate_id)
    FROM crm_contactpoint p
    JOIN crm_candidate c ON c.workspace_id = p.workspace_id AND c.id = p.candidate_id
    WHERE p.workspace_id = %(workspace)s AND c.anonymized_at IS NULL AND c.merged_into_id IS NULL {among}
    GROUP BY p.kind, p.normalized
    HAVING count(DISTINCT p.candidate_id) BETWEEN 2 AND %(largest)s LIMIT %(most)s
"""
_OF_THESE_CONTACTS = """
    AND (p.kind, p.normalized) IN (
        SELECT kind, normalized FROM crm_contactpoint
        WHERE workspace_id = %(workspace)s AND candidate_id = ANY(%(ids)s))
"""
_BY_NAME = """
    SELECT 'name_company', '', array_agg(c.id ORDER BY c.id)
    FROM crm_candidate c
    WHERE c.workspace_id = %(workspace)s AND c.anonymized_at IS NULL AND c.merged_into_id IS NULL
      AND c.full_name_folded <> '' AND c.current_company_folded <> '' {among}
    GROUP BY c.full_name_folded, c.current_company_folded
    HAVING count(*) BETWEEN 2 AND %(largest)s LIMIT %(most)s
"""
_OF_THESE_NAMES = """
    AND c.full_name_folded IN (
        SELECT full_name_folded FROM crm_candidate
        WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s))
"""


def likenesses(candidate_ids: Collection[int] | None = None) -> Signs:
    """What pairs of living people share: (older id, newer id) → signs. Two statements.

    Among everybody, or only pairs that these people may be one half of.
    """
    found: Signs = defaultdict(set)
    is_narrow = candidate_ids is not None
    for statement, among in ((_BY_CONTACT, _OF_THESE_CONTACTS), (_BY_NAME, _OF_THESE_NAMES)):
        for kind, normalized, ids in _rows(statement.format(among=among if is_narrow else ""), candidate_ids):
            sign = kind if kind == "name_company" else duplicates.sign_of(kind, normalized)
            if sign:
                for pair in combinations(ids, 2):
                    found[pair].add(sign)
    return found


def _rows(statement: str, candidate_ids: Collection[int] | None) -> list[Any]:
    parameters: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "ids": list(candidate_ids or ()),
        "largest": LARGEST_GROUP,
        "most": MOST_GROUPS,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def facts_about(candidate_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What hangs on each of these people, in counts, for somebody who compares them. Three statements."""
    counts = {
        "note_count": Count("notes", distinct=True),
        "application_count": Count("applications", distinct=True),
        "task_count": Count("tasks", filter=Q(tasks__done_at=None), distinct=True),
    }
    people = Candidate.objects.filter(pk__in=candidate_ids).annotate(**counts)
    facts = {
        row["pk"]: row for row in people.values("pk", "created_at", "last_engaged_at", "origin", *counts)
    }
    points = ContactPoint.objects.filter(candidate_id__in=candidate_ids).order_by("kind", "pk")
    for owner, value in points.values_list("candidate_id", "value"):
        facts[owner].setdefault("contacts", []).append(value)
    sent = Message.objects.filter(candidate_id__in=candidate_ids).order_by()
    for owner, count in sent.values_list("candidate_id").annotate(Count("pk")):
        facts[owner]["messages"] = count
    return facts
