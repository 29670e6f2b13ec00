"""The filters of a question, as conditions on an application's requisition or on a person.

`{subject}` is the alias of a relation with `candidate_id`. A pool or journey filter
means: was ever in it, a pool's sub-segments included.
"""


def _erased_of(kinds: str, asked: str) -> str:
    """Of an erased person this is all that is left (models.Trace); where they lived is not kept."""
    return """EXISTS (
        SELECT FROM analytics_trace t WHERE t.workspace_id = %(workspace)s
        AND t.candidate_id = {subject}.candidate_id AND t.kind IN ([kinds])
        AND t.key = ANY(%([asked])s::text[]))""".replace("[kinds]", kinds).replace("[asked]", asked)


_PERSON_WAS_IN = """
    (%(pools)s::bigint[] IS NULL OR EXISTS (
        SELECT FROM talentpools_member m WHERE m.workspace_id = %(workspace)s
        AND m.candidate_id = {subject}.candidate_id AND m.pool_id = ANY(%(pools)s::bigint[]))
      OR EXISTS (
        SELECT FROM talentpools_segmentmember sm JOIN talentpools_segment sg
        ON sg.workspace_id = sm.workspace_id AND sg.id = sm.segment_id
        WHERE sm.workspace_id = %(workspace)s AND sm.candidate_id = {subject}.candidate_id AND sm.is_reviewed
        AND sg.pool_id = ANY(%(pools)s::bigint[]))
      OR [erased pools])
    AND (%(journeys)s::bigint[] IS NULL OR EXISTS (
        SELECT FROM journeys_enrollment n WHERE n.workspace_id = %(workspace)s
        AND n.candidate_id = {subject}.candidate_id AND n.journey_id = ANY(%(journeys)s::bigint[]))
      OR [erased journeys])
"""
_PERSON_WAS_IN = _PERSON_WAS_IN.replace("[erased pools]", _erased_of("'pool'", "pools")).replace(
    "[erased journeys]", _erased_of("'journey', 'holdout'", "journeys")
)
_REQUISITION_IS = """
    (%(role_families)s::text[] IS NULL OR r.role_family = ANY(%(role_families)s::text[]))
    AND (%(departments)s::text[] IS NULL OR r.department = ANY(%(departments)s::text[]))
    AND (%(locations)s::text[] IS NULL OR r.location = ANY(%(locations)s::text[]))
    AND (%(recruiters)s::bigint[] IS NULL OR r.recruiter_id = ANY(%(recruiters)s::bigint[]))
    AND (%(requisitions)s::bigint[] IS NULL OR r.id = ANY(%(requisitions)s::bigint[]))
"""

_PERSON_IS = """
    (%(role_families)s::text[] IS NULL OR c.role_family = ANY(%(role_families)s::text[])
      OR [erased role_families])
    AND (%(locations)s::text[] IS NULL OR c.city = ANY(%(locations)s::text[]))
    AND (%(recruiters)s::bigint[] IS NULL OR c.owner_id = ANY(%(recruiters)s::bigint[])
      OR [erased recruiters])
    AND ((%(departments)s::text[] IS NULL AND %(requisitions)s::bigint[] IS NULL) OR EXISTS (
        SELECT FROM crm_application fa JOIN crm_requisition fr
        ON fr.workspace_id = fa.workspace_id AND fr.id = fa.requisition_id
        WHERE fa.workspace_id = %(workspace)s AND fa.candidate_id = {subject}.candidate_id
        AND (%(departments)s::text[] IS NULL OR fr.department = ANY(%(departments)s::text[]))
        AND (%(requisitions)s::bigint[] IS NULL OR fr.id = ANY(%(requisitions)s::bigint[]))))
"""
_PERSON_IS = _PERSON_IS.replace(
    "[erased role_families]", _erased_of("'role_family'", "role_families")
).replace("[erased recruiters]", _erased_of("'owner'", "recruiters"))


def application_passes(subject: str) -> str:
    """For `{subject}` joined with its requisition `r`, whose family, department and so on count."""
    return " AND ".join([_REQUISITION_IS, _PERSON_WAS_IN]).replace("{subject}", subject)


def requisition_passes() -> str:
    """Over `crm_requisition r` alone; a pool or journey filter means nothing for it."""
    return _REQUISITION_IS


def person_passes(subject: str) -> str:
    """For `{subject}` joined with its candidate `c`: role family, city and owner are the person's.

    Department and requisition are of any application they made.
    """
    return " AND ".join([_PERSON_IS, _PERSON_WAS_IN]).replace("{subject}", subject)
