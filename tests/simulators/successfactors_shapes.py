"""SuccessFactors' shapes: entities with their fields and navigations, read off the world."""

from __future__ import annotations

from datetime import timedelta

from tests.simulators.server import Row
from tests.simulators.successfactors_odata import date
from tests.simulators.world import REASONS, Application, Job, Person, Staff, World

NAMES = ("New Application", "Phone Screen", "Technical Interview", "Onsite", "Offer")
JOBS = {
    "open": ("1", "reqStatus_Open", "Open"),
    "on_hold": ("1", "reqStatus_OnHold", "On Hold"),
    "filled": ("2", "reqStatus_Filled", "Filled"),
    "closed": ("2", "reqStatus_Closed", "Closed"),
}
STATUSES = {
    "active": (0, "Open"),
    "rejected": (1, "Disqualified"),
    "withdrawn": (3, "Withdraw"),
    "hired": (0, "Open"),
}
OFFERS = {"pending": "PENDING", "accepted": "ACCEPTED", "declined": "DECLINED"}


class NumberedWorld(World):
    """Ids are numbers, and a requisition is known by its own."""

    def new_id(self) -> str:
        return str(self.random.getrandbits(48) + 10**12)

    def _job(self, number: int) -> Job:
        job = super()._job(number)
        job.code = job.id
        return job


def user(one: Staff, is_odd: bool) -> Row:
    status = ("active" if one.is_active else "inactive") if is_odd else ("t" if one.is_active else "f")
    names = {"userId": one.id, "username": one.email, "firstName": one.first, "lastName": one.last}
    return names | {"email": one.email, "status": status, "_status": "t" if one.is_active else "f"}


def job(held: Job, is_odd: bool) -> Row:
    internal, code, label = JOBS[held.status]
    full = held.openings if held.status == "filled" else 0
    row = {
        "jobReqId": held.id,
        "internalStatus": internal,
        "deleted": "No" if is_odd else "Not Deleted",
        "isDraft": False,
        "createdDateTime": date(held.opened - timedelta(days=3)),
        "closedDateTime": date(held.closed),
        "lastModifiedDateTime": date(held.updated),
        "numberOpenings": f"{held.openings}.0" if is_odd else str(held.openings),
        "openingsFilled": str(full),
        "department": held.department if is_odd else f"{held.department} (5000123)",
        "location": f"{held.city} ({held.country})",
        "country": held.country,
        "city": held.city,
        "defaultLanguage": "en_US",
        "custSkillsNeeded": "",
    }
    # A picklist as an object behind a navigation, or its label in the field itself.
    return row | ({"status": label} if is_odd else {"_code": code})


def person(held: Person, is_odd: bool) -> Row:
    hidden = held.is_anonymized
    return {
        "candidateId": held.id,
        "firstName": held.first,
        "lastName": held.last,
        "primaryEmail": held.email,
        "contactEmail": held.email,
        "cellPhone": held.phone or None,
        "homePhone": None,
        "country": held.country,
        "city": held.city,
        "externalCandidate": True,
        "currentTitle": None if is_odd else held.title,
        "currentCompany": None if is_odd else held.company,
        "creationDateTime": date(held.created),
        "lastModifiedDateTime": date(held.updated),
        "anonymized": ("true" if is_odd else "Yes") if hidden else None,
        "anonymizedDateTime": date(held.updated) if hidden else None,
        "custLinkedInUrl": held.link or None,
        "_title": held.title,
        "_company": held.company,
    }


def application(held: Application, is_odd: bool) -> Row:
    number, word = STATUSES[held.outcome]
    return {
        "applicationId": held.id,
        "candidateId": held.person.id,
        "jobReqId": held.job.id,
        "applicationDate": date(held.applied),
        "status": str(number) if is_odd else word,
        "_status": number,
        "appStatusSetItemId": str(100 + held.steps[-1][0]),
        "statusComments": None,
        "source": held.source if is_odd else "Corporate: Default Site",
        "sourceLabel": None if is_odd else held.source,
        "hiredOn": date(held.ended) if held.outcome == "hired" else None,
        "lastModifiedDateTime": date(held.updated),
        "anonymizedFlag": "Yes" if held.person.is_anonymized else None,
        "duplicateProfile": None,
    }


def current(held: Application) -> str:
    if held.reason is not None:
        return REASONS[held.reason][0]
    return "Hired" if held.outcome == "hired" else NAMES[held.steps[-1][0]]


def changes(held: Application) -> list[Row]:
    """The status audit: stages, now and then one that was skipped over, and the end."""
    entries = [(NAMES[number], at, 0) for number, at in held.steps]
    if len(entries) > 1 and int(held.id) % 3 == 0:
        entries.insert(1, ("Manager Review", entries[1][1], 1))
    if held.ended:
        entries.append((current(held), held.ended, 0))
    return [
        {
            "revNumber": f"{held.id}{number:02d}",
            "revType": min(number, 1),
            "createdDateTime": date(at),
            "lastModifiedDateTime": date(max(at, held.updated) if number == len(entries) - 1 else at),
            "createdBy": "mmeier",
            "skippedStatus": skipped,
            "statusComments": None,
            "_name": name,
            "_is_last": number == len(entries) - 1,
            "_of": held,
            "_jobApplication/applicationId": held.id,
        }
        for number, (name, at, skipped) in enumerate(entries)
    ]


def letters(held: Application) -> list[Row]:
    offer = held.offer
    if offer is None:
        return []
    answered = offer.resolved or offer.extended
    row = {"offerLetterId": offer.id, "applicationId": held.id, "status": OFFERS[offer.status]}
    times = {"createDate": date(offer.extended - timedelta(hours=2)), "offerSentDate": date(offer.extended)}
    times |= {"candResponseDate": date(offer.resolved), "lastModifiedDate": date(answered)}
    return [row | times | {"offerExpirationDate": None, "_of": held}]


def approvals(held: Application) -> list[Row]:
    """The approval comes before the letter, which not everybody gets that far."""
    if held.offer is None:
        return []
    at = date(held.offer.extended - timedelta(days=1))
    row = {
        "offerApprovalId": held.offer.id,
        "applicationId": held.id,
        "version": "1",
        "internalStatus": "Approved",
    }
    return [row | {"createdDate": at, "lastModifiedDate": at, "_of": held}]


def interviews(held: Application) -> list[Row]:
    return [
        {
            "applicationInterviewId": one.id,
            "applicationId": held.id,
            "startDate": date(one.starts),
            "endDate": date(one.submitted),
            "isTimeSet": 1,
            "templateType": one.title,
            "_who": one.interviewer,
            "_rating": {
                "interviewOverallAssessmentId": f"{one.id}",
                "overallRating": one.rating,
                "averageRating": 3.0,
            },
            "_of": held,
        }
        for one in held.meetings
    ]


def posting(held: Job) -> list[Row]:
    numbers = {"jobPostingId": held.request_id, "jobReqId": held.id, "boardId": "_external"}
    times = {"postStartDate": date(held.opened), "postStartDateOffset": date(held.opened)}
    return [numbers | times | {"lastModifiedDateTime": date(held.updated)}]


def plain(row: Row, is_odd: bool) -> Row:
    return row
