"""Journeys, enrollments and templates as the API shows them."""

from datetime import datetime
from typing import Any

from journeys.models import Enrollment, Journey, StepRun, Template
from journeys.queries.enrollments import Standing, sentence_for
from journeys.queries.entry import Refused
from journeys.queries.journeys import Row


def journey(found: Journey) -> dict[str, Any]:
    """A journey with its draft in the file format."""
    return {
        "id": found.pk,
        "name": found.name,
        "state": found.state,
        "version": found.version.number if found.version else None,
        "owner": found.owner_id,
        "draft": found.draft,
        "published": found.version.definition if found.version else None,
        "created_at": _time(found.created_at),
        "updated_at": _time(found.updated_at),
    }


def figures(row: Row) -> dict[str, Any]:
    """A journey in a list, with its figures."""
    return journey(row.journey) | {
        "inside": row.inside,
        "entered": row.entered,
        "completed": row.completed,
        "exited": row.exited,
        "held": row.held,
        "sent": row.sent,
        "replied": row.replied,
        "next_due_at": _time(row.next_due),
    }


def refused(found: Refused) -> dict[str, Any]:
    """Somebody who does not enter, and why."""
    return {"candidate": found.candidate_id, "code": found.code, "detail": found.sentence}


def enrollment(found: Enrollment) -> dict[str, Any]:
    """Where one person stands in one journey."""
    return {
        "id": found.pk,
        "journey": found.journey_id,
        "version": found.version_id,
        "candidate": found.candidate_id,
        "state": found.state,
        "step": found.step_id or None,
        "due_at": _time(found.due_at),
        "code": found.waits_for or None,
        "why": sentence_for(found),
        "exit_reason": found.exit_reason or None,
        "enrolled_at": _time(found.enrolled_at),
        "ended_at": _time(found.ended_at),
    }


def standing(found: Standing) -> dict[str, Any]:
    """The same with every step so far."""
    return enrollment(found.enrollment) | {"steps": [step_run(run) for run in found.steps]}


def step_run(found: StepRun) -> dict[str, Any]:
    """One step of one person: its state, and the code and sentence of what kept it back."""
    return {
        "step": found.step_id,
        "type": found.kind,
        "state": found.state,
        "code": found.refusal or None,
        "why": found.reason,
        "choice": found.choice or None,
        "message": found.message_id,
        "task": found.task_id,
        "started_at": _time(found.started_at),
        "ended_at": _time(found.ended_at),
    }


def template(found: Template) -> dict[str, Any]:
    """A template of the content library."""
    return {
        "id": found.pk,
        "key": found.key,
        "name": found.name,
        "kind": found.kind,
        "topic": found.topic,
        "role_family": found.role_family,
        "language": found.language,
        "subject": found.subject,
        "body": found.body,
        "has_footer": found.has_footer,
        "updated_at": _time(found.updated_at),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
