"""What Harvest v3 lets a client write, with its refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.simulators.greenhouse_lists import Unprocessable
from tests.simulators.greenhouse_tables import Row, Tables, stamp

EMAIL_TYPES = {"personal", "work", "other"}
PHONE_TYPES = {"home", "work", "mobile", "skype", "other"}
CANDIDATE_KEYS = {
    *(
        "first_name",
        "last_name",
        "preferred_name",
        "company",
        "title",
        "private",
        "can_email",
        "time_zone",
        "tags",
    ),
    *(
        "phone_numbers",
        "addresses",
        "email_addresses",
        "website_addresses",
        "social_media_addresses",
        "custom_fields",
    ),
}
APPLICATION_KEYS = {
    "job_id",
    "initial_stage_id",
    "source_id",
    "referrer_id",
    "recruiter_id",
    "coordinator_id",
}
NOTE_KEYS = {"candidate_id", "application_id", "body", "visibility", "note_type", "user_id"}
EMAIL_NOTE_KEYS = {"subject", "email_from", "email_to", "email_cc"}
VISIBILITY = {
    "public": "publicly_visible",
    "private": "privately_visible",
    "admin_only": "admin_only_visible",
}
ATTACHMENT_KEYS = {"application_id", "filename", "type", "content", "url", "content_type"}
Announce = Callable[[str, dict[str, Any]], None]


class NotFound(Exception):
    """Answered as 404."""


@dataclass
class Writer:
    """Creates and changes rows at ``at``; ``announce`` sends the webhook."""

    tables: Tables
    announce: Announce

    def create_candidate(self, body: Row, at: datetime) -> Row:
        application = body.pop("application", None)
        _check_candidate(body, required=("first_name", "last_name"))
        if application is not None:
            self._check_application(application | {"candidate_id": None})
        row = _BLANK_CANDIDATE | body | {"last_activity_at": stamp(at)}
        candidate = self.tables["candidates"].add(row, at=at)
        created = None
        if application is not None:
            created = self.create_application(application | {"candidate_id": candidate["id"]}, at)
        return {"candidate": candidate, "application": created}

    def update_candidate(self, number: int, body: Row, at: datetime) -> Row:
        self._demand("candidates", number)
        _check_candidate(body, required=())
        row = self.tables["candidates"].change(number, at=at, **body, last_activity_at=stamp(at))
        self.announce("update_candidate", {"candidate": {"id": number, "first_name": row["first_name"]}})
        return row

    def create_application(self, body: Row, at: datetime) -> Row:
        if body.get("prospect"):
            return self._create_prospect(body, at)
        self._check_application(body)
        candidate, job = body["candidate_id"], body["job_id"]
        for other in self.tables["applications"].where("candidate_id", candidate):
            if other["job_id"] == job and other["status"] == "in_process":
                raise Unprocessable({"candidate_id": "already has an active application for this job"})
        stages = sorted(
            self.tables["job_interview_stages"].where("job_id", job), key=lambda s: int(s["sort_order"])
        )
        stage = next((s for s in stages if s["id"] == body.get("initial_stage_id")), stages[0])
        row = _BLANK_APPLICATION | {k: v for k, v in body.items() if k != "initial_stage_id"}
        row |= {"stage_id": stage["id"], "stage_name": stage["name"], "last_activity_at": stamp(at)}
        created = self.tables["applications"].add(row, at=at)
        self._enter(created["id"], stage["id"], at)
        self._announce_application("new_candidate_application", created)
        return created

    def create_note(self, body: Row, at: datetime) -> Row:
        kind = body.get("note_type", "NOTE")
        allowed = NOTE_KEYS | (EMAIL_NOTE_KEYS if kind == "EMAIL" else set())
        _only(body, allowed)
        _require(body, "candidate_id", "body", "visibility")
        self._demand("candidates", body["candidate_id"])
        if kind not in {"NOTE", "ACTIVITY", "EMAIL"}:
            raise Unprocessable({"note_type": "must be one of: NOTE, ACTIVITY, EMAIL"})
        if body["visibility"] not in VISIBILITY:
            raise Unprocessable({"visibility": "must be one of: public, private, admin_only"})
        if kind == "EMAIL":
            _require(body, *EMAIL_NOTE_KEYS)
        row = {
            k: body.get(k) for k in ("candidate_id", "application_id", "body", "user_id", *EMAIL_NOTE_KEYS)
        }
        row |= {"type": kind, "visibility": VISIBILITY[body["visibility"]], "body_with_tags": body["body"]}
        return self.tables["notes"].add(
            row | {"import_hash": None, "email_attachment_file_names": None}, at=at
        )

    def create_tag(self, body: Row, at: datetime) -> Row:
        _only(body, {"name"})
        _require(body, "name")
        if any(row["name"] == body["name"] for row in self.tables["candidate_tags"].rows.values()):
            raise Unprocessable({"name": "has already been taken"})
        return self.tables["candidate_tags"].add({"name": body["name"]}, at=at)

    def apply_tag(self, body: Row, at: datetime) -> Row:
        _only(body, {"candidate_id", "candidate_tag_id"})
        _require(body, "candidate_id", "candidate_tag_id")
        candidate = self._demand("candidates", body["candidate_id"])
        tag = self._demand("candidate_tags", body["candidate_tag_id"])
        if tag["name"] in candidate["tags"]:
            raise Unprocessable({"candidate_tag_id": "has already been taken"})
        self.tables["candidates"].change(candidate["id"], at=at, tags=[*candidate["tags"], tag["name"]])
        return self.tables["applied_candidate_tags"].add(dict(body), at=at)

    def create_attachment(self, body: Row, at: datetime) -> Row:
        _only(body, ATTACHMENT_KEYS)
        _require(body, "application_id", "filename", "type")
        if bool(body.get("content")) == bool(body.get("url")):
            raise Unprocessable("Send either content or url.")
        application = self._demand("applications", body["application_id"])
        row = {k: body[k] for k in ("application_id", "type", "filename")}
        row |= {
            "candidate_id": application["candidate_id"],
            "url": f"https://files.example/{body['filename']}?sig=x",
        }
        return self.tables["attachments"].add(row, at=at)

    def move(self, number: int, body: Row, at: datetime) -> None:
        application = self._active(number)
        if body.get("from_stage_id") != application["stage_id"]:
            raise Unprocessable({"from_stage_id": "is not the current stage"})
        stage = self._demand("job_interview_stages", int(body.get("to_stage_id") or 0))
        for row in self.tables["application_stages"].where("application_id", number):
            if row["current"]:
                self.tables["application_stages"].change(row["id"], at=at, exited_at=stamp(at), current=False)
        self._enter(number, stage["id"], at)
        changed = self.tables["applications"].change(
            number, at=at, stage_id=stage["id"], stage_name=stage["name"], last_activity_at=stamp(at)
        )
        self._announce_application("candidate_stage_change", changed)

    def reject(self, number: int, body: Row, at: datetime) -> None:
        self._active(number)
        reason = self._demand("rejection_reasons", int(body.get("rejection_reason_id") or 0))
        row: Row = {
            "application_id": number,
            "rejected_by_id": None,
            "rejection_note_id": None,
            "rejected_at": stamp(at),
        }
        row |= {"rejection_reason_id": reason["id"], "question_custom_fields": {}}
        self.tables["rejection_details"].add(row, at=at)
        changed = self.tables["applications"].change(number, at=at, status="rejected", rejected_at=stamp(at))
        self._announce_application("reject_candidate", changed)

    def unreject(self, number: int, body: Row, at: datetime) -> None:
        if self._demand("applications", number)["status"] != "rejected":
            raise Unprocessable("Application is not rejected.")
        for row in self.tables["rejection_details"].where("application_id", number):
            self.tables["rejection_details"].drop(row["id"])
        changed = self.tables["applications"].change(number, at=at, status="in_process", rejected_at=None)
        self._announce_application("unreject_candidate", changed)

    def hire(self, number: int, body: Row, at: datetime) -> None:
        application = self._active(number)
        free = [row for row in self.tables["openings"].where("job_id", application["job_id"]) if row["open"]]
        wanted = body.get("opening_id")
        if not free or (len(free) > 1 and wanted is None):
            raise Unprocessable({"opening_id": "is required when several openings are open"})
        opening = next((row for row in free if wanted in (None, row["id"])), free[0])
        closing = {"open": False, "closed_at": stamp(at), "application_id": number}
        self.tables["openings"].change(
            opening["id"], at=at, **closing, close_reason_id=body.get("close_reason_id")
        )
        if len(free) == 1:
            self.tables["jobs"].change(application["job_id"], at=at, status="closed", closed_at=stamp(at))
        changed = self.tables["applications"].change(number, at=at, status="hired")
        self._announce_application("hire_candidate", changed)

    def _create_prospect(self, body: Row, at: datetime) -> Row:
        _only(body, {"candidate_id", "prospect", "job_ids", "source_id"})
        self._demand("candidates", int(body.get("candidate_id") or 0))
        row = _BLANK_APPLICATION | {"candidate_id": body["candidate_id"], "prospect": True, "job_id": None}
        row |= {"prospective_job_ids": body.get("job_ids") or [], "last_activity_at": stamp(at)}
        created = self.tables["applications"].add(row, at=at)
        self._announce_application("new_prospect_application", created)
        return created

    def _check_application(self, body: Row) -> None:
        _only(body, APPLICATION_KEYS | {"candidate_id"})
        _require(body, "job_id")
        job = self._demand("jobs", body["job_id"])
        if job["status"] != "open" or job["is_template"]:
            raise Unprocessable({"job_id": "is not open"})
        if body.get("source_id") is not None and body["source_id"] not in self.tables["sources"].rows:
            raise Unprocessable({"source_id": "does not exist"})
        if body.get("candidate_id") is not None:
            self._demand("candidates", body["candidate_id"])

    def _active(self, number: int) -> Row:
        application = self._demand("applications", number, missing=NotFound())
        if application["status"] != "in_process":
            raise Unprocessable("Application is not active.")
        return application

    def _demand(self, resource: str, number: object, missing: Exception | None = None) -> Row:
        row = self.tables[resource].rows.get(number) if isinstance(number, int) else None
        if row is None:
            raise missing or Unprocessable({f"{resource[:-1]}_id": "does not exist"})
        return row

    def _enter(self, application: int, stage: int, at: datetime) -> None:
        row = {"application_id": application, "job_interview_stage_id": stage, "entered_at": stamp(at)}
        self.tables["application_stages"].add(
            row | {"exited_at": None, "days_in_stage": 0, "current": True}, at=at
        )

    def _announce_application(self, action: str, application: Row) -> None:
        person = self.tables["candidates"].rows[application["candidate_id"]]
        status = "active" if application["status"] == "in_process" else application["status"]
        stage = (
            {"id": application["stage_id"], "name": application["stage_name"]}
            if application["stage_id"]
            else None
        )
        who = {"id": person["id"], "first_name": person["first_name"], "last_name": person["last_name"]}
        jobs = [{"id": application["job_id"]}] if application["job_id"] else []
        payload = {
            "id": application["id"],
            "status": status,
            "prospect": application["prospect"],
            "jobs": jobs,
        }
        payload |= {"applied_at": application["created_at"], "current_stage": stage, "candidate": who}
        self.announce(action, {"application": payload})


def _check_candidate(body: Row, required: tuple[str, ...]) -> None:
    _only(body, CANDIDATE_KEYS)
    _require(body, *required)
    for name, kinds in (("email_addresses", EMAIL_TYPES), ("phone_numbers", PHONE_TYPES)):
        for item in body.get(name) or []:
            if item.get("type") not in kinds:
                raise Unprocessable({f"{name}.type": f"must be one of: {', '.join(sorted(kinds))}"})
    for item in body.get("email_addresses") or []:
        if "@" not in str(item.get("value")):
            raise Unprocessable({"email_addresses.value": "is not an e-mail address"})


def _only(body: Row, allowed: set[str]) -> None:
    unknown = [{name: "is not allowed"} for name in body if name not in allowed]
    if unknown:
        raise Unprocessable(*unknown)


def _require(body: Row, *names: str) -> None:
    blank = [{name: "can't be blank"} for name in names if body.get(name) in (None, "")]
    if blank:
        raise Unprocessable(*blank)


_BLANK_CANDIDATE: Row = {
    **dict.fromkeys(("preferred_name", "company", "title", "time_zone")),
    "private": False,
    "can_email": True,
    **{name: [] for name in ("tags", "linked_user_ids", "phone_numbers", "addresses", "email_addresses")},
    **{name: [] for name in ("website_addresses", "social_media_addresses")},
    "custom_fields": {},
}
_BLANK_APPLICATION: Row = {
    **dict.fromkeys(("job_post_id", "source_id", "referrer_id", "recruiter_id", "coordinator_id")),
    **dict.fromkeys(("agency_note_id", "stage_id", "stage_name", "rejected_at", "location_address")),
    "status": "in_process",
    "needs_decision": False,
    "prospect": False,
    "answers": [],
    "prospective_job_ids": [],
    "custom_fields": {},
}
