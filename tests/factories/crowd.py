"""Very many people with some history, written by four statements."""

from datetime import datetime
from typing import Any

from django.db import connection

from crm.kernel.tenancy import current_workspace_id


def write_people(*, people: int, now: datetime) -> None:
    """So many living people of five countries; one in fifty was ever engaged."""
    _execute(_STATEMENTS[:1], people, now)


def write_history(*, now: datetime) -> None:
    """One in five was at an event, one in ten turned down. Let the people be analyzed first: each row's
    reference to its person is checked.
    """
    _execute(_STATEMENTS[1:], 0, now)


def _execute(statements: tuple[str, ...], people: int, now: datetime) -> None:
    key = now.timestamp() / 86_400 / 60
    values: dict[str, Any] = {"here": current_workspace_id(), "people": people, "now": now, "key": key}
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


_STATEMENTS = (
    """
    INSERT INTO crm_candidate (workspace_id, first_name, last_name, email, headline, current_title,
        current_company, city, region, country, time_zone, locale, source, origin, role_family, seniority,
        stage, availability, languages, custom, topics_declined, email_state, consent, in_process,
        engagement_key, created_at, updated_at, edited_fields)
    SELECT %(here)s, (ARRAY['Ada','Grace','Emmy','Élan'])[1 + n %% 4], 'Lovelace ' || n,
        'person.' || n || '@x.example', '', 'Engineer', 'Company ' || n %% 500, '', '',
        (ARRAY['DE','FR','ES','PL','IT'])[1 + n %% 5], '', '', '', 'csv',
        CASE WHEN n %% 1000 = 0 THEN 'design' ELSE 'engineering' END, 'senior',
        (ARRAY['screening','offer_ready',''])[1 + n %% 3], '', '{}', '{}', '{}', 'ok', 'granted', false,
        CASE WHEN n %% 50 = 0 THEN %(key)s + n %% 9 END,
        %(now)s::timestamptz - n * interval '10 minutes', %(now)s, '{}'
    FROM generate_series(1, %(people)s) n
    """,
    """
    INSERT INTO crm_event (workspace_id, candidate_id, kind, occurred_at, recorded_at, data, ref)
    SELECT workspace_id, id, 'event.attended', %(now)s::timestamptz - id %% 300 * interval '1 day', %(now)s,
        '{}', ''
    FROM crm_candidate WHERE id %% 5 = 0
    """,
    """
    INSERT INTO crm_requisition (workspace_id, title, code, status, openings, department, location,
        country, is_remote, role_family, seniority, skills, description, hiring_manager_name, created_at,
        updated_at)
    SELECT %(here)s, 'R', '', 'open', 1, '', '', '', false, 'engineering', '', '{}', '', '', %(now)s, %(now)s
    """,
    """
    INSERT INTO crm_application (workspace_id, candidate_id, requisition_id, outcome, rejection_reason,
        rejection_reason_text, furthest_stage, furthest_rank, current_stage, current_stage_name, source,
        applied_at, is_pushed, created_at, updated_at)
    SELECT c.workspace_id, c.id, r.id, 'rejected', 'timing', '', 'interview', 2, '', '', '', %(now)s, false,
        %(now)s, %(now)s
    FROM crm_candidate c CROSS JOIN (SELECT max(id) AS id FROM crm_requisition) r WHERE c.id %% 10 = 0
    """,
)
