"""A workspace with three years of hiring: 5M events, 200,000 applications. Made in SQL, as the owner."""

import os
from datetime import datetime

import psycopg2

EVENTS, APPLICATIONS, PEOPLE, REQUISITIONS = 5_000_000, 200_000, 400_000, 8_000
ENROLLED, JOURNEYS, POOLS = 60_000, 10, 8
DAYS = 1_080


class Facts:
    """Rows of one workspace. People become known evenly over the three years, as they do."""

    def __init__(self, *, workspace: int, owner: int, scale: float, now: datetime) -> None:
        self.values: dict[str, object] = {
            "w": workspace, "owner": owner, "now": now, "days": DAYS,
            "people": int(PEOPLE * scale), "requisitions": max(2, int(REQUISITIONS * scale)),
            "applications": int(APPLICATIONS * scale), "events": int(EVENTS * scale),
            "enrolled": int(ENROLLED * scale), "journeys": JOURNEYS, "pools": POOLS,
        }  # fmt: skip

    def run(self) -> None:
        connected = psycopg2.connect(os.environ["DATABASE_URL"])
        with connected, connected.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SELECT setseed(0.17)")
            for name, table, count in _NUMBERED:
                self.values[name] = self._ids(cursor, table, int(str(self.values[count])))
            for statement in _STATEMENTS:
                cursor.execute(statement, self.values)
        connected.close()

    def _ids(self, cursor: "psycopg2.extensions.cursor", table: str, count: int) -> int:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [sequence, sequence, count * 4])
        return int(cursor.fetchone()[0]) - count * 4


_NUMBERED = (
    ("first", "crm_candidate", "people"), ("opening", "crm_requisition", "requisitions"),
    ("application", "crm_application", "applications"), ("offer", "crm_offer", "applications"),
    ("journey", "journeys_journey", "journeys"), ("version", "journeys_journeyversion", "journeys"),
    ("enrollment", "journeys_enrollment", "enrolled"), ("message", "crm_message", "enrolled"),
    ("pool", "talentpools_pool", "pools"),
)  # fmt: skip
# When person n became known: spread evenly, the same in every statement.
_KNOWN = "%(now)s - make_interval(secs => %(days)s * 864.0 * ((n::bigint * 7919) %% 10000) / 100)"
_STATEMENTS = (
    f"""
    INSERT INTO crm_candidate (workspace_id, id, first_name, last_name, email, headline, current_title,
        current_company, city, region, country, time_zone, locale, source, origin, role_family, seniority,
        stage, availability, languages, custom, topics_declined, email_state, consent,
        in_process, created_at, updated_at, edited_fields, unsubscribed_at, last_contacted_at)
    SELECT %(w)s, n, 'Given', 'Family' || n, 'p' || n || '@bench.example', '', 'Engineer', 'Acme', 'Berlin',
        '', 'DE', '', '', 'Import', 'import', (ARRAY['engineering', 'sales'])[1 + n %% 2], 'senior', '', '',
        '{{}}', '{{}}', '{{}}', 'valid', 'granted', false, {_KNOWN}, %(now)s, '{{}}',
        CASE WHEN n %% 20 = 0 THEN %(now)s END,
        CASE WHEN n %% 4 = 0 THEN %(now)s - make_interval(days => (n %% 120)::int) END
    FROM generate_series(%(first)s, %(first)s + %(people)s - 1) n
    """,
    """
    INSERT INTO crm_requisition (workspace_id, id, title, code, status, openings, department, location,
        country, is_remote, role_family, seniority, skills, description, hiring_manager_name,
        opened_at, approved_at, created_at, updated_at)
    SELECT %(w)s, n, 'Opening ' || n, '', 'open', 2, (ARRAY['Product', 'Field'])[1 + n %% 2], 'Berlin', 'DE',
        false, (ARRAY['engineering', 'sales'])[1 + n %% 2], 'senior', '{}', '', '',
        %(now)s - make_interval(days => (n %% %(days)s)::int + 30),
        %(now)s - make_interval(days => (n %% %(days)s)::int + 25), %(now)s, %(now)s
    FROM generate_series(%(opening)s, %(opening)s + %(requisitions)s - 1) n
    """,
    """
    INSERT INTO crm_requisitionhold (workspace_id, requisition_id, started_at, ended_at)
    SELECT %(w)s, n, %(now)s - make_interval(days => (n %% %(days)s)::int + 10),
        %(now)s - make_interval(days => (n %% %(days)s)::int + 5)
    FROM generate_series(%(opening)s, %(opening)s + %(requisitions)s - 1, 10) n
    """,
    """
    INSERT INTO crm_application (workspace_id, id, candidate_id, requisition_id, applied_at, outcome,
        ended_at, hired_at, source, rejection_reason, rejection_reason_text, furthest_stage, furthest_rank,
        current_stage, current_stage_name, is_pushed, created_at, updated_at)
    SELECT %(w)s, %(application)s + n, %(first)s + floor(random() * %(people)s)::bigint,
        %(opening)s + n %% %(requisitions)s, at.applied,
        CASE WHEN n / 7 %% 10 = 0 THEN 'hired' ELSE 'rejected' END, at.applied + interval '30 days',
        CASE WHEN n / 7 %% 10 = 0 THEN at.applied + interval '30 days' END,
        (ARRAY['Careers page', 'Agency', 'Referral', 'LinkedIn', ''])[1 + n %% 5],
        '', '', '', n %% 5, '', '', n %% 40 = 0, at.applied, at.applied
    FROM generate_series(0, %(applications)s - 1) n
    CROSS JOIN LATERAL (
        SELECT %(now)s - make_interval(secs => %(days)s * 86400 * random() + n * 0) AS applied) at
    """,
    """
    INSERT INTO crm_offer (workspace_id, id, application_id, status, extended_at, resolved_at, version)
    SELECT %(w)s, %(offer)s + a.id - %(application)s, a.id,
        CASE WHEN a.outcome = 'hired' THEN 'accepted' ELSE 'declined' END,
        a.ended_at - interval '4 days', a.ended_at, 1
    FROM crm_application a WHERE a.workspace_id = %(w)s AND (a.outcome = 'hired' OR a.id %% 16 = 3)
    """,
    f"""
    INSERT INTO crm_event (workspace_id, kind, candidate_id, occurred_at, recorded_at, ref, data)
    SELECT %(w)s, said.kind, n, said.at, said.at, '', CASE said.kind
            WHEN 'message.clicked' THEN '{{"human": "human"}}'
            WHEN 'message.delivered' THEN '{{"kind": "journey"}}'
            WHEN 'stage.changed' THEN jsonb_build_object('from', '', 'to', (ARRAY['initial_interest',
                'screening', 'interview_ready', 'offer_ready'])[1 + floor(random() * 4)::int])
            ELSE '{{}}' END
    FROM (
        SELECT %(first)s + floor(random() * %(people)s)::bigint AS n, random() AS kind, random() AS share
        FROM generate_series(1, %(events)s)
    ) drawn
    CROSS JOIN LATERAL (
        SELECT CASE WHEN drawn.kind < 0.34 THEN 'message.sent' WHEN drawn.kind < 0.67 THEN 'message.delivered'
                WHEN drawn.kind < 0.85 THEN 'message.opened' WHEN drawn.kind < 0.90 THEN 'message.clicked'
                WHEN drawn.kind < 0.93 THEN 'message.replied' WHEN drawn.kind < 0.95 THEN 'event.attended'
                WHEN drawn.kind < 0.98 THEN 'stage.changed' ELSE 'form.submitted' END AS kind,
            %(now)s - (%(now)s - ({_KNOWN})) * drawn.share AS at
    ) said
    """,
    """
    INSERT INTO journeys_journey (workspace_id, id, name, state, draft, created_at, updated_at)
    SELECT %(w)s, n, 'Journey ' || n, 'live', '{}', %(now)s, %(now)s
    FROM generate_series(%(journey)s, %(journey)s + %(journeys)s - 1) n
    """,
    """
    INSERT INTO journeys_journeyversion (workspace_id, id, number, definition, published_at, journey_id)
    SELECT %(w)s, %(version)s + n, 1, '{"steps": [{"id": "s1", "template": "thanks"},
        {"id": "s2", "template": "news"}, {"id": "s3", "template": "check-in"}]}', %(now)s, %(journey)s + n
    FROM generate_series(0, %(journeys)s - 1) n
    """,
    """
    INSERT INTO journeys_enrollment (workspace_id, id, state, exit_reason, enrolled_at, step_id, visit,
        attempt, waits_for, waits_why, candidate_id, journey_id, version_id)
    SELECT %(w)s, %(enrollment)s + n, CASE WHEN n %% 10 = 9 THEN 'holdout' ELSE 'completed' END, '',
        %(now)s - make_interval(secs => %(days)s * 86400.0 * n / %(enrolled)s), '', 0, 0, '', '',
        %(first)s + n * 6, %(journey)s + n %% %(journeys)s, %(version)s + n %% %(journeys)s
    FROM generate_series(0, %(enrolled)s - 1) n
    """,
    """
    INSERT INTO crm_message (workspace_id, id, key, direction, kind, topic, from_address, to_address, subject,
        body_text, body_html, rfc_message_id, "references", state, attempt, failure, provider_id,
        is_automatic, match, outcome, created_at, sent_at, delivered_at, candidate_id, sender_id)
    SELECT %(w)s, %(message)s + (e.id - %(enrollment)s) * 3 + step, gen_random_uuid(), 'out', 'journey', '',
        '', '', '', '', '', '', '', 'delivered', 1, '', '', false, '', '', at.sent, at.sent, at.sent,
        e.candidate_id, %(owner)s
    FROM journeys_enrollment e CROSS JOIN generate_series(0, 2) step
    CROSS JOIN LATERAL (SELECT e.enrolled_at + make_interval(days => step * 30) AS sent) at
    WHERE e.workspace_id = %(w)s AND e.state <> 'holdout'
    """,
    """
    INSERT INTO crm_message (workspace_id, key, direction, kind, topic, from_address, to_address, subject,
        body_text, body_html, rfc_message_id, "references", state, attempt, failure, provider_id,
        is_automatic, match, outcome, created_at, sent_at, candidate_id, in_reply_to_id)
    SELECT m.workspace_id, gen_random_uuid(), 'in', 'reply', '', '', '', '', '', '', '', '', 'received', 0,
        '', '', false, '', '', m.sent_at + interval '1 day', m.sent_at + interval '1 day',
        m.candidate_id, m.id
    FROM crm_message m WHERE m.workspace_id = %(w)s AND m.direction = 'out' AND m.id %% 11 = 0
    """,
    """
    INSERT INTO journeys_steprun (workspace_id, step_id, visit, kind, state, refusal, reason, choice,
        started_at, ended_at, enrollment_id, message_id, journey_id)
    SELECT %(w)s, 's' || step + 1, 0, 'message', 'done', '', '', '', e.enrolled_at, e.enrolled_at, e.id,
        %(message)s + (e.id - %(enrollment)s) * 3 + step, e.journey_id
    FROM journeys_enrollment e CROSS JOIN generate_series(0, 2) step
    WHERE e.workspace_id = %(w)s AND e.state <> 'holdout'
    """,
    """
    INSERT INTO talentpools_pool (workspace_id, id, name, description, role_family, visibility, created_at)
    SELECT %(w)s, %(pool)s + n, 'Pool ' || n, '', '', 'workspace', %(now)s
    FROM generate_series(0, %(pools)s - 1) n
    """,
    """
    INSERT INTO talentpools_member (workspace_id, entered_at, candidate_id, pool_id)
    SELECT %(w)s, c.created_at, c.id, %(pool)s + (c.id / 4) %% %(pools)s
    FROM crm_candidate c WHERE c.workspace_id = %(w)s AND c.id %% 4 = 0
    """,
)
