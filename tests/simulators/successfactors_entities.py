"""SuccessFactors' entities: fields, navigations and where these lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulators import successfactors_shapes as shapes
from tests.simulators.server import Row
from tests.simulators.world import Application, Job, Person, Staff, World


@dataclass(frozen=True)
class Entity:
    """Its key, its fields off one of its things, and where navigations lead: entity, things, whether many."""

    key: str
    row: Callable[[Any, bool], Row]
    fields: tuple[str, ...]
    navs: Mapping[str, tuple[str, Callable[[Any], Iterable[Any]], bool]] = field(default_factory=dict)


def _operator(role: str, one: Staff) -> Row:
    names = {"usersSysId": one.id, "firstName": one.first, "lastName": one.last, "email": one.email}
    return names | {"operatorRole": role}


def _locales(held: Job) -> list[Row]:
    """The title is only here, once per language."""
    english = {"locale": "en_US", "jobTitle": held.title, "externalTitle": f"{held.title} (m/f/d)"}
    return [{"locale": "de_DE", "jobTitle": f"{held.title} auf Deutsch", "externalTitle": ""}, english]


def _option(held: Job) -> list[Row]:
    _, code, label = shapes.JOBS[held.status]
    return [{"id": "11391", "externalCode": code, "localeLabel": label}]


def _jobs(held: Person) -> list[Row]:
    return [{"startTitle": held.title, "employer": held.company, "presentEmployer": "Yes"}]


def _stage(row: Row) -> list[Row]:
    return [{"appStatusSetId": "11", "appStatusId": "310", "appStatusName": row["_name"]}]


def _standing(held: Application) -> list[Row]:
    return [{"appStatusSetId": "11", "appStatusId": "310", "appStatusName": shapes.current(held)}]


def _fields(sample: Row, *more: str) -> tuple[str, ...]:
    return (*(name for name in sample if not name.startswith("_")), *more)


def _open(*names: str) -> Entity:
    return Entity(names[0], shapes.plain, names)


ENTITIES: dict[str, Entity] = {
    "JobRequisitionLocale": _open("locale", "jobTitle", "externalTitle"),
    "PicklistOption": _open("id", "externalCode", "localeLabel"),
    "JobRequisitionOperator": _open("usersSysId", "firstName", "lastName", "email", "operatorRole"),
    "CandidateBackground_OutsideWorkExperience": _open("startTitle", "employer", "presentEmployer"),
    "JobApplicationStatus": _open("appStatusSetId", "appStatusId", "appStatusName"),
    "InterviewOverallAssessment": _open("interviewOverallAssessmentId", "overallRating", "averageRating"),
    "Attachment": _open("attachmentId", "fileName"),
    "CandidateTags": _open("tagId", "candidateId", "label", "locale"),
    "CandidateComments": _open("commentId", "candidateId", "content"),
    "JobApplicationComments": _open("commentId", "applicationId", "content"),
    "User": Entity("userId", shapes.user, ("userId", "username", "firstName", "lastName", "email", "status")),
    "JobRequisitionPosting": _open(
        *(
            "jobPostingId",
            "jobReqId",
            "boardId",
            "postStartDate",
            "postStartDateOffset",
            "lastModifiedDateTime",
        )
    ),
}


def entities(world: World) -> dict[str, Entity]:
    """All of them, with what the world's people, jobs and applications look like."""
    job_navs = {
        "jobReqLocale": ("JobRequisitionLocale", _locales, True),
        "status": ("PicklistOption", _option, True),
        "recruiter": ("JobRequisitionOperator", lambda held: [_operator("R", held.recruiter)], True),
        "hiringManager": ("JobRequisitionOperator", lambda held: [_operator("G", held.manager)], True),
        "jobReqPostings": ("JobRequisitionPosting", shapes.posting, True),
    }
    person_navs = {
        "tags": ("CandidateTags", lambda held: [{"label": tag} for tag in held.tags], True),
        "outsideWorkExperience": ("CandidateBackground_OutsideWorkExperience", _jobs, True),
    }
    application_navs = {
        "jobAppStatus": ("JobApplicationStatus", _standing, False),
        "jobApplicationStatusAuditTrail": ("JobApplicationStatusAuditTrail", shapes.changes, True),
        "offerLetter": ("OfferLetter", shapes.letters, True),
        "jobOffer": ("JobOffer", shapes.approvals, True),
        "jobApplicationInterview": ("JobApplicationInterview", shapes.interviews, True),
        "resume": ("Attachment", lambda held: [{"fileName": name} for name in held.person.files], False),
    }
    interview_navs = {
        "interviewer": ("User", lambda row: [row["_who"]], False),
        "interviewOverallAssessment": ("InterviewOverallAssessment", lambda row: [row["_rating"]], False),
    }
    trail_navs = {
        "jobAppStatus": ("JobApplicationStatus", _stage, False),
        "jobApplication": ("JobApplication", lambda row: [row["_of"]], False),
    }
    held = next(iter(world.applications.values()))
    trail = _fields(shapes.changes(held)[0])
    letter = ("offerLetterId", "applicationId", "status", "createDate", "offerSentDate", "candResponseDate")
    approval = (
        "offerApprovalId",
        "applicationId",
        "version",
        "internalStatus",
        "createdDate",
        "lastModifiedDate",
    )
    meeting = ("applicationInterviewId", "applicationId", "startDate", "endDate", "isTimeSet", "templateType")
    return ENTITIES | {
        "JobRequisition": Entity("jobReqId", shapes.job, _fields(shapes.job(held.job, False)), job_navs),
        "Candidate": Entity(
            "candidateId", shapes.person, _fields(shapes.person(held.person, False)), person_navs
        ),
        "JobApplication": Entity(
            "applicationId", shapes.application, _fields(shapes.application(held, False)), application_navs
        ),
        "JobApplicationStatusAuditTrail": Entity("revNumber", shapes.plain, trail, trail_navs),
        "OfferLetter": Entity(
            "offerLetterId", shapes.plain, (*letter, "offerExpirationDate", "lastModifiedDate")
        ),
        "JobOffer": Entity("offerApprovalId", shapes.plain, approval),
        "JobApplicationInterview": Entity("applicationInterviewId", shapes.plain, meeting, interview_navs),
    }
