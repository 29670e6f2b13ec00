"""Candidates of Workday, and the workers of its teams → common records. Pure."""

from integrations.policies import hiring_words
from integrations.providers import fields
from integrations.providers.base import CandidateRecord, Contact, Payload, UserRecord
from integrations.providers.rows import Skipped
from integrations.providers.workday import mapping
from integrations.providers.workday.client import several
from integrations.providers.workday.mapping import Context


def user(row: Payload) -> UserRecord:
    data = fields.inner(row, "Worker_Data")
    status = fields.inner(fields.inner(data, "Employment_Data"), "Worker_Status_Data")
    return UserRecord(
        external_id=mapping.identity(row, "Worker_Reference"),
        name=worker_name(row),
        email=worker_email(row),
        is_active=str(status.get("Active", "1")) in ("1", "true"),
    )


def worker_name(row: Payload) -> str:
    if told := fields.text(row, "Worker_Descriptor"):
        return told
    names = fields.inner(fields.inner(fields.inner(row, "Worker_Data"), "Personal_Data"), "Name_Data")
    first, last = _names(fields.inner(names, "Legal_Name_Data") or names)
    return f"{first} {last}".strip() or mapping.descriptor(row, "Worker_Reference")


def worker_email(row: Payload) -> str:
    """The address for work where there are several."""
    contact = fields.inner(fields.inner(fields.inner(row, "Worker_Data"), "Personal_Data"), "Contact_Data")
    held = [one for one in several(contact, "Email_Address_Data") if isinstance(one, dict)]
    held.sort(key=lambda one: "WORK" not in str(one.get("Usage_Data")).upper())
    return fields.text(held[0], "Email_Address").lower() if held else ""


def candidate(row: Payload, context: Context) -> CandidateRecord:
    data = fields.inner(row, "Candidate_Data")
    first, last = _names(
        fields.inner(fields.inner(data, "Name_Data"), "Legal_Name") or fields.inner(data, "Name_Data")
    )
    contacts = _contacts(data)
    if not first and not last and not contacts:
        raise Skipped("purged")
    home = fields.inner(fields.inner(data, "Contact_Data"), "Location_Data")
    title, company, skills = _resume(data)
    times = [time for held in mapping.applications(row) for time in mapping.times(held)]
    touched = context.moment if context.is_change or not times else max(times)
    return CandidateRecord(
        external_id=mapping.identity(row, "Candidate_Reference"),
        updated_at=touched,
        created_at=min(times, default=context.moment),
        first_name=first,
        last_name=last,
        contacts=contacts,
        current_title=title,
        current_company=company,
        city=fields.text(home, "City"),
        region=mapping.descriptor(home, "Country_Region_Reference"),
        country=mapping.country(fields.inner(home, "Country_Reference")),
        time_zone="",
        role_family=hiring_words.family(title),
        seniority=hiring_words.seniority(title),
        tags=tuple(
            dict.fromkeys(
                name
                for tag in several(data, "Candidate_Tag_Reference")
                if isinstance(tag, dict) and (name := fields.text(tag, "Descriptor"))
            )
        ),
        skills=skills,
    )


def _names(held: Payload) -> tuple[str, str]:
    """In Name_Detail_Data, or straight in the data of older versions."""
    detail = fields.inner(held, "Name_Detail_Data") or held
    first, last = fields.text(detail, "First_Name"), fields.text(detail, "Last_Name")
    full = fields.text(detail, "Full_Name") or fields.text(detail, "Formatted_Name")
    return (first, last) if first or last else fields.names(full)


def _contacts(data: Payload) -> tuple[Contact, ...]:
    held = fields.inner(data, "Contact_Data")
    sites = [
        fields.text(site, "URL_Address") for site in several(held, "Website_Data") if isinstance(site, dict)
    ]
    sites += [
        fields.text(account, "Social_Network_Account_URL")
        for account in several(data, "Social_Media_Account_Data")
        if isinstance(account, dict)
    ]
    return (
        *fields.contact("email", held.get("Email_Address")),
        *fields.contact("phone", _phone(held), mapping.descriptor(held, "Phone_Device_Type_Reference")),
        *(Contact("link", link[:500]) for link in dict.fromkeys(sites) if link),
    )


def _phone(held: Payload) -> str:
    """With the code of its country, which Workday keeps apart: `USA_1`."""
    number = fields.text(held, "Phone_Number")
    code = str(fields.inner(held, "Country_Phone_Code_Reference").get("Country_Phone_Code_ID") or "")
    digits = code.rpartition("_")[2]
    return f"+{digits} {number}" if number and digits.isdigit() and not number.startswith("+") else number


def _resume(data: Payload) -> tuple[str, str, tuple[str, ...]]:
    """Title and company of the present job, and skills, of the newest CV that tells any."""
    blocks = [*several(data, "Job_Application_Data"), *several(data, "Prospect_Data")]
    resumes = [fields.inner(block, "Resume_Data") for block in blocks if isinstance(block, dict)]
    title = company = ""
    skills: dict[str, None] = {}
    for resume in reversed(resumes):
        jobs = [job for job in several(resume, "Experience_Data") if isinstance(job, dict)]
        present = next((job for job in jobs if mapping.is_true(job.get("Currently_Work_Here"))), {})
        if not title and not company:
            title, company = fields.text(present, "Title"), fields.text(present, "Company_Name")
        for skill in several(resume, "Skill_Data"):
            if isinstance(skill, dict):
                name = fields.text(skill, "Skill_Name") or mapping.descriptor(skill, "Skill_Reference")
                skills |= {name[:80]: None} if name else {}
    return title, company, tuple(skills)
