"""How far the ATS says a person is moves them on along the CRM stages, never back."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection

from crm.actions import events
from crm.actions.events import NewEvent
from crm.kernel.tenancy import current_workspace_id
from crm.models import HiringStage, Stage

# What somebody in this hiring stage of an active application is at least.
CRM_STAGES: Mapping[str, str] = {
    HiringStage.APPLIED: Stage.INITIAL_INTEREST,
    HiringStage.SCREENING: Stage.SCREENING,
    HiringStage.INTERVIEW: Stage.INTERVIEW_READY,
    HiringStage.FINAL_INTERVIEW: Stage.INTERVIEW_READY,
    HiringStage.OFFER: Stage.OFFER_READY,
}
_ORDER = list(Stage.values)


def follow(application_ids: Collection[int]) -> int:
    """Move the people of these applications to the CRM stage their furthest active process stands for.

    One statement for all; each move is a `stage.changed` dated when the ATS stage began. Doing it again, or
    for people who are further already, changes nothing. Returns how many moved.
    """
    moved = _move(list(application_ids)) if application_ids else []
    events.record_many(
        NewEvent("stage.changed", candidate_id, None, at, data={"from": before, "to": after, "by": "ats"})
        for candidate_id, before, after, at in moved
    )
    return len(moved)


def _move(ids: list[int]) -> list[tuple[int, str, str, datetime]]:
    here = current_workspace_id()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH reached AS (
                SELECT a.candidate_id, m.crm, m.rank, coalesce(s.entered_at, a.applied_at) AS at
                FROM crm_application a
                JOIN unnest(%(hiring)s::text[], %(crm)s::text[], %(ranks)s::int[]) AS m(hiring, crm, rank)
                  ON m.hiring = a.current_stage
                LEFT JOIN LATERAL (
                    SELECT max(e.entered_at) AS entered_at FROM crm_stageentry e
                    WHERE e.workspace_id = a.workspace_id AND e.application_id = a.id
                      AND e.stage = a.current_stage) s ON true
                WHERE a.workspace_id = (SELECT %(here)s) AND a.id = ANY(%(ids)s) AND a.outcome = 'active'
            ), furthest AS (
                SELECT DISTINCT ON (candidate_id) candidate_id, crm, rank, at
                FROM reached ORDER BY candidate_id, rank DESC, at
            ), standing AS (
                SELECT c.id, c.stage, f.crm, f.at
                FROM crm_candidate c JOIN furthest f ON f.candidate_id = c.id
                WHERE c.workspace_id = (SELECT %(here)s) AND c.anonymized_at IS NULL
                  AND coalesce(array_position(%(order)s::text[], c.stage::text), 0) < f.rank
                FOR UPDATE OF c
            )
            UPDATE crm_candidate c SET stage = s.crm, updated_at = now()
            FROM standing s WHERE c.workspace_id = (SELECT %(here)s) AND c.id = s.id
            RETURNING c.id, s.stage, s.crm, least(s.at, now())
            """,
            {
                "here": here,
                "ids": ids,
                "hiring": list(CRM_STAGES),
                "crm": [str(stage) for stage in CRM_STAGES.values()],
                "ranks": [_ORDER.index(stage) + 1 for stage in CRM_STAGES.values()],
                "order": _ORDER,
            },
        )
        moved: list[tuple[int, str, str, datetime]] = cursor.fetchall()
        return moved
