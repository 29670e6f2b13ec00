"""Workday's shapes: elements as its web services answer them, read off the world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from tests.simulators.world import REASONS, Application, Job, Person, Staff, World

BSVC = "urn:com.workday/bsvc"
PACIFIC = ZoneInfo("America/Los_Angeles")
# Stages are Workday's own and few; steps are the customer's. Words come in the user's language.
STAGE_IDS = ("REVIEW", "SCREEN", "INTERVIEW", "INTERVIEW", "OFFER")
STAGE_WORDS = ("Prüfung", "Telefonat", "Gespräch", "Gespräch", "Angebot")
STEPS = ("Prüfung", "Telefonat", "Technical Interview", "Onsite", "Angebot")
TOLD_STAGES = {
    "Application Review": "Review",
    "Phone Screen": "Screen",
    "Technical Interview": "Interview: Technical Interview",
    "Onsite": "Interview: Onsite",
}
STATUSES = {"open": "OPEN", "on_hold": "FROZEN", "filled": "FILLED", "closed": "CLOSED"}
TAG_WID = "7e11a0c5d5d14c0f9a3b6a51c2d4e6f8"


def wid(number: str) -> str:
    return number.replace("-", "")


def stamp(at: datetime) -> str:
    """A moment with the offset of the data centre."""
    return at.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def el(name: str, *parts: str) -> str:
    return f"<wd:{name}>{''.join(parts)}</wd:{name}>"


def text(name: str, value: object) -> str:
    return f"<wd:{name}>{escape(str(value))}</wd:{name}>"


def ref(name: str, words: str, ids: Iterable[tuple[str, str]]) -> str:
    told = "".join(f'<wd:ID wd:type="{kind}">{escape(value)}</wd:ID>' for kind, value in ids)
    return f"<wd:{name} wd:Descriptor={quoteattr(words)}>{told}</wd:{name}>"


class Shapes:
    """Draws one account; `is_odd` = the unconfirmed shapes, the other way round."""

    def __init__(self, world: World, ids: dict[str, str]) -> None:
        self.world, self.ids = world, ids
        self.is_odd = False
        self.seats = {one.id: number for number, one in enumerate(world.staff)}

    # References.

    def candidate_id(self, person: Person) -> str:
        return self.ids.get(person.id) or f"CAND-{wid(person.id)[:10]}"

    def application_id(self, held: Application) -> str:
        return self.ids.get(held.id) or f"JOB_APPLICATION-{wid(held.id)[:12]}"

    def candidate_ref(self, person: Person) -> str:
        words = f"{person.first} {person.last}".strip()
        return ref(
            "Candidate_Reference", words, self._ids(person.id, "Candidate_ID", self.candidate_id(person))
        )

    def application_ref(self, held: Application) -> str:
        own = self._ids(held.id, "Job_Application_ID", self.application_id(held))
        return ref("Job_Application_Reference", held.job.title, own)

    def job_ref(self, job: Job) -> str:
        own = self._ids(job.id, "Job_Requisition_ID", job.code)
        return ref("Job_Requisition_Reference", f"{job.code} {job.title}", own)

    def _ids(self, number: str, kind: str, own: str) -> list[tuple[str, str]]:
        """Their order varies."""
        pair = [("WID", wid(number)), (kind, own)]
        return pair[::-1] if self.is_odd else pair

    # Requisitions and those who have a role on them.

    def job(self, job: Job) -> str:
        status = STATUSES[job.status]
        detail = el(
            "Job_Requisition_Detail_Data",
            text("Job_Posting_Title", job.title),
            text("Positions_Allocated", f"{job.openings}.0" if self.is_odd else job.openings),
            text("Available_for_Recruiting", "1" if job.status == "open" else "0"),
        )
        place = ref(
            "Primary_Location_Reference", f"{job.city}, {job.country}", [("Location_ID", f"{job.city}_site")]
        )
        limits = el(
            "Hiring_Requirement_Data",
            text("Recruiting_Start_Date", f"{job.opened:%Y-%m-%d}{'-08:00' if self.is_odd else ''}"),
            place,
        )
        return el(
            "Job_Requisition",
            self.job_ref(job),
            el(
                "Job_Requisition_Data",
                "" if self.is_odd else text("Job_Requisition_ID", job.code),
                ref(
                    "Job_Requisition_Status_Reference",
                    job.status.title(),
                    [("Job_Requisition_Status_ID", status)],
                ),
                detail,
                limits,
                ref(
                    "Supervisory_Organization_Reference",
                    job.department,
                    [("Organization_Reference_ID", job.department)],
                ),
                self._role("Primary_Recruiter", "Primary Recruiter", job.recruiter),
                self._role("Hiring_Manager", "Hiring Manager", job.manager),
            ),
        )

    def _role(self, own: str, words: str, who: Staff) -> str:
        number = self.seats[who.id]
        seat = ("Employee_ID", f"E-{number}") if self.is_odd else ("Position_ID", f"P-{number}")
        return el(
            "Role_Assignment_Data",
            ref("Role_Reference", words, [("Organization_Role_ID", own)]),
            ref("Role_Assignee_Reference", f"{who.first} {who.last}", [seat]),
        )

    def worker(self, who: Staff) -> str:
        number = self.seats[who.id]
        mail = el(
            "Email_Address_Data",
            text("Email_Address", who.email),
            el(
                "Usage_Data",
                el("Type_Data", ref("Type_Reference", "Work", [("Communication_Usage_Type_ID", "WORK")])),
            ),
        )
        name = el("Name_Detail_Data", text("First_Name", who.first), text("Last_Name", who.last))
        private = el("Personal_Information_Data", text("Birth_Date", "1980-01-01"))
        position = el("Position_Data", ref("Position_Reference", "", [("Position_ID", f"P-{number}")]))
        return el(
            "Worker",
            ref(
                "Worker_Reference",
                f"{who.first} {who.last}",
                [("WID", wid(who.id)), ("Employee_ID", f"E-{number}")],
            ),
            el(
                "Worker_Data",
                text("Worker_ID", f"E-{number}"),
                el(
                    "Personal_Data",
                    el("Name_Data", el("Legal_Name_Data", name)),
                    private,
                    el("Contact_Data", mail),
                ),
                el(
                    "Employment_Data",
                    el("Worker_Job_Data", position),
                    el("Worker_Status_Data", text("Active", int(who.is_active))),
                ),
            ),
        )

    # People.

    def candidate(self, person: Person, spoiled: set[str]) -> str:
        mine = self.world.of_person(person)
        applied = "".join(
            self._application(held, held.id in spoiled, number == 0) for number, held in enumerate(mine)
        )
        hired = any(held.outcome == "hired" for held in mine)
        worker = ref("Worker_Reference", "", [("Employee_ID", f"W-{wid(person.id)[:6]}")]) if hired else ""
        tags = "".join(ref("Candidate_Tag_Reference", tag, [("WID", TAG_WID)]) for tag in person.tags)
        return el(
            "Candidate",
            self.candidate_ref(person),
            el(
                "Candidate_Data",
                text("Candidate_ID", self.candidate_id(person)),
                worker,
                self._name(person),
                self._contact(person),
                el("Status_Data", text("Do_Not_Hire", 0), text("Withdrawn", 0)),
                applied,
                "" if mine else el("Prospect_Data", text("Prospect", 1), self._resume(person)),
                el("Candidate_Identification_Data", el("National_ID", text("Series", "never to be kept"))),
                tags,
            ),
        )

    def _name(self, person: Person) -> str:
        names = text("First_Name", person.first) + text("Last_Name", person.last)
        if self.is_odd:
            return el("Name_Data", names)
        return el("Name_Data", el("Legal_Name", el("Name_Detail_Data", names)))

    def _contact(self, person: Person) -> str:
        code = ref("Country_Phone_Code_Reference", "", [("Country_Phone_Code_ID", "DEU_49")])
        number = text("Phone_Number", person.phone.removeprefix("+49 ")) if person.phone else ""
        kind = "ISO_3166-1_Alpha-2_Code"
        country = ref("Country_Reference", person.country, [(kind, person.country)]) if person.country else ""
        return el(
            "Contact_Data",
            code + number if person.phone else "",
            text("Email_Address", person.email) if person.email else "",
            el("Website_Data", text("URL_Address", person.link)) if person.link else "",
            el("Location_Data", country, text("City", person.city)),
        )

    def _resume(self, person: Person) -> str:
        job = el(
            "Experience_Data",
            text("Company_Name", person.company),
            text("Title", person.title),
            text("Start_Year", 2020),
            text("Currently_Work_Here", 1),
        )
        return el("Resume_Data", job if person.title or person.company else "")

    def _application(self, held: Application, is_spoiled: bool, is_first: bool) -> str:
        number = held.steps[-1][0]
        at = held.ended or held.steps[-1][1]
        stage = "READY_FOR_HIRE" if held.outcome == "hired" else STAGE_IDS[number]
        reason = REASONS[held.reason][0] if held.reason is not None else ""
        own = self.application_ref(held)
        return el(
            "Job_Application_Data",
            "" if self.is_odd else own,
            el(
                "Job_Applied_To_Data",
                own if self.is_odd else "",
                text("Job_Application_ID", self.application_id(held)),
                self.job_ref(held.job),
                text("Job_Application_Date", "yesterday" if is_spoiled else stamp(held.applied)),
                ref(
                    "Stage_Reference",
                    STAGE_WORDS[number],
                    [("WID", "9" * 32), ("Recruiting_Stage_ID", stage)],
                ),
                ref("Workflow_Step_Reference", STEPS[number], [("WID", "8" * 32)]),
                ref("Disposition_Reference", reason, [("Recruiting_Disposition_ID", f"R_{held.reason}")])
                if reason
                else "",
                text("Status_Timestamp", "yesterday" if is_spoiled else stamp(at)),
                ref("Source_Reference", held.source, [("Applicant_Source_ID", source_id(held.source))]),
                el("Referred_By_Worker_Reference"),
            ),
            el("Global_Personal_Information_Data", text("Date_of_Birth", "1980-01-01")),
            self._resume(held.person) if is_first else "",
        )


def source_id(name: str) -> str:
    return name.replace(" ", "_")


def source_row(name: str) -> str:
    data = text("ID", source_id(name)), text("Reference_ID_Type", "Applicant_Source_ID")
    return el("Reference_ID", el("Reference_ID_Data", *data, text("Referenced_Object_Descriptor", name)))
