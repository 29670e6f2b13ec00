"""Journeys, enrollments and content as the API shows them."""

from datetime import datetime
from typing import Any

from journeys.models import (
    Campaign,
    CampaignRefusal,
    CheckInForm,
    Enrollment,
    Journey,
    Piece,
    StepRun,
    Template,
)
from journeys.policies.campaigns import read
from journeys.queries.content_results import NAMES, Results
from journeys.queries.enrollments import Standing, code_of, sentence_for
from journeys.queries.entry import Entry, Refused
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


def judged(found: Entry) -> dict[str, Any]:
    """Who enters, and who does not with the code of why."""
    return {
        "enrolled": len(found.enters),
        "candidates": [person.id for person in found.enters[:1_000]],
        "refused": [refused(one) for one in found.refused],
        "codes": found.codes(),
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
        "code": code_of(found) or None,
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
    return _shelved(found) | {
        "segment": found.segment_id,
        "layout": found.layout,
        "subject": found.subject,
        "body": found.body,
        "has_footer": found.has_footer,
        "updated_at": _time(found.updated_at),
    }


def piece(found: Piece) -> dict[str, Any]:
    """A snippet or an asset of the content library."""
    return _shelved(found) | {
        "body": found.body,
        "url": found.url,
        "image_url": found.image_url,
        "updated_at": _time(found.updated_at),
    }


def check_in_form(found: CheckInForm) -> dict[str, Any]:
    """A check-in with its questions; `answered` where somebody counted."""
    return {
        "id": found.pk,
        "key": found.key,
        "title": found.title,
        "questions": found.questions,
        "answered": getattr(found, "answered", None),
    }


def results(found: Results) -> dict[str, int]:
    """What became of the mails: sent, delivered, and of how many something followed."""
    return {name: getattr(found, name) for name in NAMES}


def campaign(found: Campaign, row: Row) -> dict[str, Any]:
    """A newsletter: what was planned, and how far it is."""
    planned = read(found.journey.draft)
    return {
        "id": found.pk,
        "name": planned["name"],
        "template": planned["template"],
        "segment": found.segment_id,
        "hours": planned["hours"],
        "sender": planned["sender"],
        "holdout_percent": planned["holdout"],
        "state": found.state,
        "journey": found.journey_id,
        "send_at": _time(found.send_at),
        "started_at": _time(found.started_at),
        "inside": row.inside,
        "entered": row.entered,
        "held": row.held,
        "sent": row.sent,
        "replied": row.replied,
    }


def refusal(found: CampaignRefusal) -> dict[str, Any]:
    """Somebody of the segment who did not get the newsletter, and why."""
    return {"candidate": found.candidate_id, "code": found.code, "detail": found.sentence}


def _shelved(found: Template | Piece) -> dict[str, Any]:
    """What everything in the library is found by."""
    names = ("key", "name", "kind", "topic", "role_family", "language")
    return {"id": found.pk} | {name: getattr(found, name) for name in names}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
