"""What is asked of each entity: the fields we read, of those this customer's templates have. Pure."""

from collections.abc import Collection
from datetime import datetime

from integrations.providers.successfactors import odata
from integrations.providers.successfactors.lists import Query
from integrations.providers.successfactors.schema import Schema

REQUISITION = (
    *("jobReqId", "internalStatus", "deleted", "isDraft", "createdDateTime", "closedDateTime"),
    *(
        "lastModifiedDateTime",
        "numberOpenings",
        "openingsFilled",
        "department",
        "location",
        "country",
        "city",
    ),
    "defaultLanguage",
)
# Each a navigation with the fields of it; descriptions and files would make pages heavy.
REQUISITION_PARTS = {
    "jobReqLocale": ("locale", "jobTitle", "externalTitle"),
    "status": (),
    "recruiter": ("firstName", "lastName", "email"),
    "hiringManager": ("firstName", "lastName", "email"),
    "jobReqPostings": ("postStartDate", "postStartDateOffset"),
    "department_obj": (),
    "location_obj": (),
}
CANDIDATE = (
    *("candidateId", "firstName", "lastName", "primaryEmail", "contactEmail", "cellPhone", "homePhone"),
    *("businessPhone", "country", "city", "stateProvince", "externalCandidate", "currentCompany"),
    *("currentTitle", "creationDateTime", "lastModifiedDateTime", "anonymized", "anonymizedDateTime"),
)
CANDIDATE_PARTS = {
    "tags": ("label",),
    "outsideWorkExperience": ("startTitle", "employer", "presentEmployer"),
}
APPLICATION = (
    *("applicationId", "candidateId", "jobReqId", "applicationDate", "status", "appStatusSetItemId"),
    *("statusComments", "source", "sourceLabel", "hiredOn", "lastModifiedDateTime", "anonymizedFlag"),
    "duplicateProfile",
)
APPLICATION_PARTS = {
    "jobAppStatus": ("appStatusName",),
    "jobApplicationStatusAuditTrail": ("revNumber", "createdDateTime", "skippedStatus"),
    "jobApplicationStatusAuditTrail/jobAppStatus": ("appStatusName",),
    "offerLetter": (
        *("offerLetterId", "status", "createDate", "offerSentDate", "candResponseDate"),
        *("offerExpirationDate", "lastModifiedDate"),
    ),
    "jobOffer": ("offerApprovalId", "version", "internalStatus"),
    "jobApplicationInterview": ("applicationInterviewId", "startDate", "endDate", "templateType"),
    "jobApplicationInterview/interviewer": ("firstName", "lastName"),
    "jobApplicationInterview/interviewOverallAssessment": (
        *("interviewOverallAssessmentId", "overallRating", "averageRating"),
    ),
}
# What an application may lack because the rights do, and the entity that tells.
OPTIONAL = {
    "jobApplicationStatusAuditTrail": "JobApplicationStatusAuditTrail",
    "offerLetter": "OfferLetter",
    "jobOffer": "JobOffer",
    "jobApplicationInterview": "JobApplicationInterview",
    "jobApplicationInterview/interviewer": "User",
    "jobApplicationInterview/interviewOverallAssessment": "InterviewOverallAssessment",
}
# Those that are read on their own where they do not come along, and where they name their application.
PARTS = {
    "jobApplicationStatusAuditTrail": ("JobApplicationStatusAuditTrail", "jobApplication/applicationId"),
    "offerLetter": ("OfferLetter", "applicationId"),
    "jobApplicationInterview": ("JobApplicationInterview", "applicationId"),
}
KEYS = {
    "JobApplicationStatusAuditTrail": "revNumber",
    "OfferLetter": "offerLetterId",
    "JobApplicationInterview": "applicationInterviewId",
}
# Saved and draft applications come along unless they are kept out.
SENT = ("status ne 4", "status ne 6")


def users(schema: Schema) -> Query:
    names = ("userId", "username", "firstName", "lastName", "email", "status")
    select = schema.only("User", names)
    # Without this only active ones come.
    return Query("User", "userId", select, filters=("status in 't','f'",), key_is_text=True)


def requisitions(schema: Schema, *filters: str) -> Query:
    own = (*REQUISITION, *schema.named_like("JobRequisition", "skill"))
    return _query(schema, "JobRequisition", "jobReqId", own, REQUISITION_PARTS, 200).narrowed(*filters)


def candidates(schema: Schema, *filters: str) -> Query:
    own = (*CANDIDATE, *schema.own("Candidate"))
    return _query(schema, "Candidate", "candidateId", own, CANDIDATE_PARTS, 500).narrowed(*filters)


def applications(schema: Schema, *filters: str, without: Collection[str] = ()) -> Query:
    """`without` are navigations we have no right to."""
    parts = {
        name: held
        for name, held in APPLICATION_PARTS.items()
        if not {name, name.partition("/")[0]} & set(without)
    }
    return _query(schema, "JobApplication", "applicationId", APPLICATION, parts, 200).narrowed(*filters)


def parts(nav: str, ids: Collection[str], schema: Schema) -> Query:
    """What hangs on these applications, where it could not be expanded."""
    entity, number_of = PARTS[nav]
    inner = [name for name in APPLICATION_PARTS if name.startswith(f"{nav}/")]
    expand = tuple(name.partition("/")[2] for name in inner if schema.has(entity, name.partition("/")[2]))
    select = (
        *schema.only(entity, APPLICATION_PARTS[nav]),
        *(f"{name}/{field}" for name in expand for field in APPLICATION_PARTS[f"{nav}/{name}"]),
        number_of,
    )
    if "/" in number_of:
        expand = (*expand, number_of.partition("/")[0])
    return Query(entity, KEYS[entity], select, expand, (odata.any_of(number_of, list(ids)),))


def touched(entity: str, since: datetime) -> Query:
    """What changed since, of a child that may not move its parent's stamp: whose child it is."""
    key, stamp, parent = TOUCHED[entity]
    expand = (parent.partition("/")[0],) if "/" in parent else ()
    return Query(entity, key, (key, parent), expand, (f"{stamp} ge {odata.offset(since)}",))


TOUCHED = {
    "JobRequisitionPosting": ("jobPostingId", "lastModifiedDateTime", "jobReqId"),
    "JobApplicationStatusAuditTrail": ("revNumber", "lastModifiedDateTime", "jobApplication/applicationId"),
    "OfferLetter": ("offerLetterId", "lastModifiedDate", "applicationId"),
    "JobOffer": ("offerApprovalId", "lastModifiedDate", "applicationId"),
}


def changed_since(since: datetime | None) -> str:
    return f"lastModifiedDateTime ge {odata.offset(since)}" if since else ""


def _query(
    schema: Schema, entity: str, key: str, own: tuple[str, ...], parts: dict[str, tuple[str, ...]], size: int
) -> Query:
    expand = schema.only(entity, parts)
    inner = tuple(f"{nav}/{name}" for nav in expand for name in parts[nav])
    whole = tuple(nav for nav in expand if not parts[nav])
    return Query(entity, key, (*schema.only(entity, own), *whole, *inner), expand, size=size)
