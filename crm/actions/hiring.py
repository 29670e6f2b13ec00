"""Hiring history as an ATS tells it, written set by set: requisitions, applications, stages, offers, hires.

Callers say which rows are new and which changed; every function is one statement per kind plus its events.
Facts carry a ref of our own row, so telling the same history twice records it once.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from crm.actions import event_sets, rowsets, stage_progress
from crm.actions.events import NewEvent
from crm.kernel.tenancy import current_workspace_id
from crm.models import HIRING_STAGE_ORDER, Application, Offer, Requisition, StageEntry

Rows = Sequence[Mapping[str, Any]]
_REQUISITION_TIMES = (("opened", "opened_at"), ("filled", "filled_at"), ("closed", "closed_at"))
_OFFER_KINDS = {"accepted": "offer.accepted", "declined": "offer.declined", "withdrawn": "offer.withdrawn"}


def save_requisitions(*, new: Rows, changed: Rows) -> None:
    """Insert and update requisitions (columns → values, `id` included), and record what happened to them."""
    now = timezone.now()
    rowsets.insert(Requisition, [row | {"created_at": now, "updated_at": now} for row in map(dict, new)])
    rowsets.update(Requisition, [row | {"updated_at": now} for row in map(dict, changed)])
    event_sets.record_facts(
        NewEvent(
            f"requisition.{word}",
            None,
            None,
            row[column],
            f"{row['id']}:{row[column].date()}",
            {"requisition": row["id"]},
        )
        for row in [*new, *changed]
        for word, column in _REQUISITION_TIMES
        if row.get(column)
    )
    event_sets.record_facts(
        NewEvent("requisition.changed", occurred_at=now, data={"requisition": row["id"]}) for row in changed
    )


def requisitions_read(ids: Collection[int], *, source: str, now: datetime) -> None:
    """The ATS account of this name has just told these requisitions as they stand here."""
    Requisition.objects.filter(pk__in=ids).update(read_from=source[:120], read_at=now)


def requisitions_renamed(*, before: str, after: str) -> None:
    """The account is called something else now; blank when nobody tells of its requisitions any more."""
    Requisition.objects.filter(read_from=before).update(read_from=after[:120])


def save_applications(*, new: Rows, changed: Rows) -> None:
    """Insert and update applications; a new one is an `application.created` of its candidate."""
    now = timezone.now()
    blank = {
        "is_pushed": False,
        "furthest_stage": "",
        "furthest_rank": -1,
        "current_stage": "",
        "created_at": now,
    }
    blank |= {"hired_at": None, "rejection_reason": "", "rejection_reason_text": "", "updated_at": now}
    rowsets.insert(Application, [blank | dict(row) for row in new])
    rowsets.update(Application, [row | {"updated_at": now} for row in map(dict, changed)])
    event_sets.record_facts(
        NewEvent(
            "application.created", row["candidate_id"], None, row["applied_at"], str(row["id"]), _about(row)
        )
        for row in new
    )
    _note_changed(application_ids=[row["id"] for row in changed])


def save_stage_entries(*, new: Rows, changed: Rows, candidates: Mapping[int, int]) -> None:
    """Insert and update stays in a stage; `candidates` names the person of each application."""
    rowsets.insert(StageEntry, new)
    rowsets.update(StageEntry, changed)
    _mark_changed(changed)
    _note_changed(application_ids={row["application_id"] for row in changed if "application_id" in row})
    event_sets.record_facts(
        NewEvent(
            "application.stage_entered",
            candidates[row["application_id"]],
            None,
            row["entered_at"],
            str(row["id"]),
            {
                "application": row["application_id"],
                "stage": row["stage"],
                "vendor_stage": row["vendor_stage"],
            },
        )
        for row in new
    )


def save_offers(*, new: Rows, changed: Rows, candidates: Mapping[int, int]) -> None:
    """Insert and update versions of offers; extended, accepted and declined are facts of the candidate."""
    rowsets.insert(Offer, new)
    rowsets.update(Offer, changed)
    _mark_changed(changed)
    _note_changed(application_ids={row["application_id"] for row in [*new, *changed]})
    facts: list[NewEvent] = []
    for row in [*new, *changed]:
        candidate_id = candidates[row["application_id"]]
        about = {"application": row["application_id"], "offer": row["id"]}
        if row["extended_at"]:
            facts.append(
                NewEvent("offer.extended", candidate_id, None, row["extended_at"], str(row["id"]), about)
            )
        if row["resolved_at"] and row["status"] in _OFFER_KINDS:
            kind = _OFFER_KINDS[row["status"]]
            facts.append(NewEvent(kind, candidate_id, None, row["resolved_at"], str(row["id"]), about))
    event_sets.record_facts(facts)


def reject_applications(rows: Rows) -> None:
    """End applications with the reason given: `application.rejected` or `application.withdrawn`."""
    now = timezone.now()
    rowsets.update(Application, [_without(row, "candidate_id") | {"updated_at": now} for row in rows])
    event_sets.record_facts(
        NewEvent(
            f"application.{row['outcome']}",
            row["candidate_id"],
            None,
            row["ended_at"],
            f"{row['id']}:{row['ended_at'].isoformat() if row['ended_at'] else ''}",
            {"application": row["id"], "reason": row["rejection_reason"]},
        )
        for row in rows
    )


def restage(*, vendor_stage: str, stage: str, entries: QuerySet[Any]) -> int:
    """Give the stays in a vendor's stage another of our stages; returns how many applications it touched."""
    told = StageEntry.objects.filter(vendor_stage=vendor_stage, pk__in=entries).exclude(stage=stage)
    application_ids = set(told.values_list("application_id", flat=True))
    told.update(stage=stage)
    settle(application_ids)
    _note_changed(application_ids=application_ids)
    return len(application_ids)


def settle(application_ids: Collection[int]) -> None:
    """Bring the summaries of these applications and their people up to date with their history.

    Furthest and current stage, hire dates, who is in process, how far on they are here, and what a person's
    requisitions say about them where nobody said it yet. Doing it again changes nothing.
    """
    if not application_ids:
        return
    ids = list(application_ids)
    _settle_stages(ids)
    _settle_hires(ids)
    _settle_people(ids)
    stage_progress.follow(ids)


def _settle_stages(ids: list[int]) -> None:
    rank = " ".join(f"WHEN '{stage}' THEN {number}" for stage, number in HIRING_STAGE_ORDER.items())
    names = ", ".join(f"'{stage}'" for stage in HIRING_STAGE_ORDER)
    _run(
        f"""
        WITH seen AS (
            SELECT application_id, max(CASE stage {rank} ELSE -1 END) AS furthest,
                   (array_agg(stage ORDER BY entered_at DESC, id DESC))[1] AS current
            FROM crm_stageentry WHERE workspace_id = (SELECT %(here)s) AND application_id = ANY(%(ids)s)
            GROUP BY application_id
        ), wanted AS (
            SELECT a.id,
                   CASE WHEN a.outcome = 'hired' THEN 5 ELSE greatest(s.furthest, 0) END AS furthest,
                   CASE WHEN a.outcome = 'hired' THEN 'hired' ELSE coalesce(s.current, '') END AS current
            FROM crm_application a LEFT JOIN seen s ON s.application_id = a.id
            WHERE a.workspace_id = (SELECT %(here)s) AND a.id = ANY(%(ids)s)
        )
        UPDATE crm_application a SET furthest_rank = w.furthest, current_stage = w.current,
               furthest_stage = (ARRAY[{names}])[w.furthest + 1]
        FROM wanted w WHERE a.workspace_id = (SELECT %(here)s) AND a.id = w.id
          AND (a.furthest_rank, a.current_stage) IS DISTINCT FROM (w.furthest, w.current)
        """,  # noqa: S608 - stage names of our own
        ids,
    )


def _settle_hires(ids: list[int]) -> None:
    """A hire without a date of its own takes the day the offer was accepted."""
    _run(
        """
        UPDATE crm_application a SET hired_at = o.resolved_at
        FROM (SELECT DISTINCT ON (application_id) application_id, resolved_at FROM crm_offer
              WHERE workspace_id = (SELECT %(here)s) AND application_id = ANY(%(ids)s)
                AND status = 'accepted' AND resolved_at IS NOT NULL
              ORDER BY application_id, version DESC) o
        WHERE a.workspace_id = (SELECT %(here)s) AND a.id = o.application_id
          AND a.outcome = 'hired' AND a.hired_at IS NULL
        """,
        ids,
    )
    hired = Application.objects.filter(pk__in=ids, outcome=Application.Outcome.HIRED).exclude(hired_at=None)
    event_sets.record_facts(
        NewEvent(
            "application.hired",
            candidate_id,
            None,
            at,
            str(pk),
            {"application": pk, "requisition": requisition_id},
        )
        for pk, candidate_id, requisition_id, at in hired.values_list(
            "pk", "candidate_id", "requisition_id", "hired_at"
        )
    )


def _settle_people(ids: list[int]) -> None:
    _run(
        """
        WITH touched AS MATERIALIZED (
            SELECT DISTINCT candidate_id AS id FROM crm_application
            WHERE workspace_id = (SELECT %(here)s) AND id = ANY(%(ids)s)
        ), told AS (
            SELECT t.id AS candidate_id, newest.* FROM touched t CROSS JOIN LATERAL (
                SELECT r.role_family, r.seniority, a.source, bool_or(a.outcome = 'active') OVER () AS active
                FROM crm_application a
                JOIN crm_requisition r ON r.workspace_id = a.workspace_id AND r.id = a.requisition_id
                WHERE a.workspace_id = %(here)s AND a.candidate_id = t.id
                ORDER BY a.applied_at DESC, a.id DESC LIMIT 1) newest
        )
        UPDATE crm_candidate c SET in_process = t.active,
               role_family = CASE WHEN c.role_family = '' THEN t.role_family ELSE c.role_family END,
               seniority = CASE WHEN c.seniority = '' THEN t.seniority ELSE c.seniority END,
               source = CASE WHEN c.source = '' THEN t.source ELSE c.source END
        FROM told t WHERE c.workspace_id = (SELECT %(here)s) AND c.id = t.candidate_id
          AND (c.in_process IS DISTINCT FROM t.active OR (c.role_family = '' AND t.role_family <> '')
               OR (c.seniority = '' AND t.seniority <> '') OR (c.source = '' AND t.source <> ''))
        """,
        ids,
    )


def _mark_changed(rows: Rows) -> None:
    """A corrected fact makes no new event; whoever folds applications finds it by `updated_at`."""
    if rows:
        ids = {row["application_id"] for row in rows}
        Application.objects.filter(pk__in=ids).update(updated_at=timezone.now())


def _note_changed(*, application_ids: Collection[int]) -> None:
    """A fact about each applicant, so that segments look at them again."""
    told = Application.objects.filter(pk__in=application_ids).values_list("candidate_id", flat=True)
    event_sets.record_for(sorted(set(told)), "application.changed", at=timezone.now())


def _about(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"application": row["id"], "requisition": row["requisition_id"]}


def _without(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != column}


def _run(statement: str, ids: list[int]) -> None:
    """Statements ask for the workspace in a query of its own: of one that is new and that the statistics do
    not know yet, the planner would expect nothing, and walk all of it once for each of these ids."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"here": current_workspace_id(), "ids": ids})
