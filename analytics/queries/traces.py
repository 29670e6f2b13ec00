"""What is kept of an erased person, so that counts of the past stay what they were (models.Trace)."""

from analytics.queries.recruiters import RECEIVED
from analytics.queries.rollups import Statement

# Whoever is erased leaves their pools that day.
LEAVE_TRACES = Statement(
    """
    INSERT INTO analytics_trace (workspace_id, candidate_id, kind, key, began_at, ended_at)
    SELECT m.workspace_id, m.candidate_id, 'pool', m.pool_id::text, m.entered_at,
        coalesce(m.left_at, %(now)s)
    FROM talentpools_member m
    WHERE m.workspace_id = %(workspace)s AND m.candidate_id = ANY(%(people)s::bigint[])
    UNION ALL
    SELECT f.workspace_id, f.candidate_id, 'pool', g.pool_id::text, f.entered_at,
        coalesce(f.left_at, %(now)s)
    FROM talentpools_segmentmember f
    JOIN talentpools_segment g ON g.workspace_id = %(workspace)s AND g.id = f.segment_id
    WHERE f.workspace_id = %(workspace)s AND f.candidate_id = ANY(%(people)s::bigint[]) AND f.is_reviewed
      AND g.pool_id IS NOT NULL
    UNION ALL
    SELECT n.workspace_id, n.candidate_id, CASE WHEN n.state = 'holdout' THEN 'holdout' ELSE 'journey' END,
        n.journey_id::text, n.enrolled_at, NULL
    FROM journeys_enrollment n
    WHERE n.workspace_id = %(workspace)s AND n.candidate_id = ANY(%(people)s::bigint[])
    UNION ALL
    SELECT c.workspace_id, c.id, known.kind, known.key, NULL, NULL
    FROM crm_candidate c
    CROSS JOIN LATERAL (VALUES ('role_family', c.role_family), ('owner', c.owner_id::text)) known (kind, key)
    WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(people)s::bigint[]) AND known.key <> ''
    UNION ALL
    SELECT %(workspace)s, r.candidate_id, 'reply', r.user_id::text, r.received_at, r.answered_at
    FROM received r WHERE r.candidate_id = ANY(%(people)s::bigint[])
    """,
    (RECEIVED,),
)
