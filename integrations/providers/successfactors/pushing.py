"""Writing to SuccessFactors: every write is an upsert, answered row by row. Look first, write second."""

import base64
from collections.abc import Mapping

from integrations.providers.base import TAG, Forbidden, Found, Gone, Payload, Person, Pushed, Rejected
from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.successfactors import asking, mapping, odata, requisitions
from integrations.providers.successfactors.client import Client
from integrations.providers.successfactors.lists import Query

SOURCE = "Rekindle"
# Only numbers are taken; anything else leaves the source blank.
SOURCES = (("2", "Job board"), ("4", "Agency"), ("5", "Referral"), ("8", "Recruiting marketing"))
LOCALE = "en_US"
MOST_BYTES = 5_000_000
_KNOWN = (
    *("candidateId", "firstName", "lastName", "primaryEmail", "contactEmail", "cellPhone", "country"),
    *("externalCandidate", "anonymized"),
)


class Pusher:
    def __init__(self, client: Client, settings: Mapping[str, str]) -> None:
        self.client = client
        self.settings = settings

    def find(self, person: Person, requisition_id: str) -> Found:
        rows = self._known(person.external_id) if person.external_id else []
        rows = rows or [row for email in person.emails for row in self._by_email(email)]
        # A colleague's own profile is somebody else's matter while there is an outside one.
        outside = [row for row in rows if row.get("externalCandidate") is not False] or rows
        held = {str(row["candidateId"]): row for row in outside}
        if len(held) > 1:
            return Found(tuple(held))
        known = next(iter(held.values()), {})
        applied = self._applications(next(iter(held)), requisition_id) if held else ()
        return Found(tuple(held), applied, () if applied else self._lacking(person, known))

    def is_open(self, requisition_id: str) -> bool:
        schema = self.client.schema
        wanted = ("internalStatus", "deleted", "isDraft", "numberOpenings", "openingsFilled", "status")
        select = schema.only("JobRequisition", wanted)
        expand = ",".join(schema.only("JobRequisition", ("status",)))
        row = self.client.one("JobRequisition", requisition_id, select=",".join(select), expand=expand)
        try:
            return not requisitions.is_deleted(row) and requisitions.status_of(row) == "open"
        except (Skipped, Unreadable):
            return False

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        """What is there already is kept; only what is missing is written."""
        known = next(iter(self._known(candidate_id)), {}) if candidate_id else {}
        is_new = not known
        candidate_id = candidate_id if known else self._create(person)
        found = () if is_new else self._applications(candidate_id, requisition_id)
        application_id = found[0] if found else self._apply(person, known, candidate_id, requisition_id)
        self._note(application_id, candidate_id, note, is_new=not found)
        self._tag(candidate_id, is_new=is_new)
        self._attach(application_id, person)
        return Pushed(candidate_id, application_id, self._url(candidate_id))

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        """Nothing is deleted there, and a status of another set would spoil the record: a note."""
        self._note(pushed.application_id, pushed.candidate_id, note, is_new=False)
        return False

    def _create(self, person: Person) -> str:
        body: Payload = {
            "__metadata": {"uri": "Candidate", "type": "SFOData.Candidate"},
            "primaryEmail": next(iter(person.emails), ""),
            "agreeToPrivacyStatement": "true",
            "shareProfile": "1",
        } | self._needed(person, {})
        own = {path: str(value) for path, value in person.own if path.startswith("cust")}
        optional = {"currentTitle": person.title, "currentCompany": person.company} | own
        number = self.client.upsert(body | self._writable("Candidate", optional))
        return number or self._found_again(person)

    def _found_again(self, person: Person) -> str:
        """An answer without a key: who has the address now."""
        rows = [row for email in person.emails for row in self._by_email(email)]
        if not rows:
            raise Rejected("SuccessFactors took the candidate and does not show them to us.")
        return str(rows[0]["candidateId"])

    def _apply(self, person: Person, known: Payload, candidate_id: str, requisition_id: str) -> str:
        """The pair of candidate and requisition is its identity: sent twice it is one."""
        body: Payload = {
            "__metadata": {"uri": "JobApplication", "type": "SFOData.JobApplication"},
            "candidateId": candidate_id,
            "jobReqId": requisition_id,
            "contactEmail": known.get("primaryEmail") or next(iter(person.emails), ""),
            "source": str(self.settings.get("source_id") or SOURCES[0][0]),
        } | self._needed(person, known)
        body |= self._writable("JobApplication", {"sourceLabel": SOURCE})
        number = self.client.upsert(body)
        return number or next(iter(self._applications(candidate_id, requisition_id)), "")

    def _needed(self, person: Person, known: Payload) -> Payload:
        """The four no template does without, theirs before ours."""
        ours = {
            "firstName": person.first_name,
            "lastName": person.last_name,
            "country": person.country or str(self.settings.get("default_country") or "").upper(),
            "cellPhone": next(iter(person.phones), "") or str(self.settings.get("default_phone") or ""),
        }
        return {name: known.get(name) or value for name, value in ours.items()}

    def _lacking(self, person: Person, known: Payload) -> tuple[str, ...]:
        words = {"country": "country", "cellPhone": "phone"}
        held = self._needed(person, known)
        return tuple(word for name, word in words.items() if not held[name])

    def _note(self, application_id: str, candidate_id: str, note: str, *, is_new: bool) -> None:
        """On the application, else on the person: tenants differ in which of them may be written."""
        places = (("JobApplicationComments", "applicationId", application_id),)
        for entity, column, number in (*places, ("CandidateComments", "candidateId", candidate_id)):
            if not self.client.schema.can_write(entity):
                continue
            try:
                if self._is_noted(entity, column, number, note):
                    return
                kind = {"uri": entity, "type": f"SFOData.{entity}"}
                self.client.upsert({"__metadata": kind, column: number, "content": note})
            except (Rejected, Forbidden, Gone):
                continue
            return

    def _is_noted(self, entity: str, column: str, number: str, note: str) -> bool:
        query = Query(
            entity, "commentId", ("commentId", "content"), filters=(f"{column} eq {number}L",), size=200
        )
        return any(note in str(row.get("content")) for row in self.client.some(query))

    def _tag(self, candidate_id: str, *, is_new: bool) -> None:
        if not self.client.schema.can_write("CandidateTags"):
            return
        try:
            row = (
                {}
                if is_new
                else self.client.one("Candidate", candidate_id, select="tags/label", expand="tags")
            )
            if any(tag.get("label") == TAG for tag in odata.many(row, "tags")):
                return
            kind = {"uri": "CandidateTags", "type": "SFOData.CandidateTags"}
            self.client.upsert(
                {"__metadata": kind, "candidateId": candidate_id, "label": TAG, "locale": LOCALE}
            )
        except (Rejected, Forbidden, Gone):
            # Not every tenant lets tags be written; the note says the same.
            return

    def _attach(self, application_id: str, person: Person) -> None:
        """A new file takes the place of an earlier one, so only where there is none."""
        if person.cv is None or len(person.cv.content) > MOST_BYTES:
            return
        row = self.client.one("JobApplication", application_id, select="resume/fileName", expand="resume")
        if odata.first(row, "resume"):
            return
        file = {
            "__metadata": {"type": "SFOData.Attachment"},
            "externalId": "0",
            "module": "RECRUITING",
            "moduleCategory": "RESUME",
            "fileName": person.cv.name,
            "fileContent": base64.b64encode(person.cv.content).decode(),
        }
        kind = {"uri": f"JobApplication({application_id}L)", "type": "SFOData.JobApplication"}
        self.client.upsert({"__metadata": kind, "resume": file})

    def _known(self, number: str) -> list[Payload]:
        """The person behind the number, unless they are gone there: deleted, merged or anonymized."""
        if not odata.is_number(number):
            return []
        return self._people(f"candidateId eq {number}L")

    def _by_email(self, email: str) -> list[Payload]:
        return self._people(f"tolower(primaryEmail) eq {odata.literal(email.lower())}")

    def _people(self, wanted: str) -> list[Payload]:
        select = self.client.schema.only("Candidate", _KNOWN)
        rows = self.client.some(Query("Candidate", "candidateId", select, filters=(wanted,), size=20))
        return [row for row in rows if not mapping.is_anonymized(row)]

    def _applications(self, candidate_id: str, requisition_id: str) -> tuple[str, ...]:
        """Those sent, and those forwarded, which cannot be made into sent ones from outside."""
        if not odata.is_number(requisition_id):
            return ()
        wanted = (f"candidateId eq {candidate_id}L", f"jobReqId eq {requisition_id}L", *asking.SENT)
        query = Query("JobApplication", "applicationId", ("applicationId",), filters=wanted, size=20)
        return tuple(str(row["applicationId"]) for row in self.client.some(query))

    def _writable(self, entity: str, values: Mapping[str, str]) -> Payload:
        schema = self.client.schema
        return {name: value for name, value in values.items() if value and schema.can_write(entity, name)}

    def _url(self, candidate_id: str) -> str:
        return str(self.settings.get("record_url") or "").replace("{candidate}", candidate_id)
