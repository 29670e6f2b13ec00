"""Writing to Workday: look first, then one Put under an id of our own, so that a second one is refused.

The web service has no notes: ours goes along as a small file on the application, its text in the comment.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from integrations.providers import fields
from integrations.providers.base import File, Forbidden, Found, Gone, Payload, Person, Pushed, Rejected
from integrations.providers.workday import mapping, requisitions, soap, writing
from integrations.providers.workday.client import Client, people_group, several
from integrations.providers.workday.reading import ids, references

SOURCE = "Rekindle"
NOTE = "Rekindle.txt"
_THERE = ("already applied", "already exists", "already in use")


class Pusher:
    def __init__(self, client: Client, settings: Mapping[str, str]) -> None:
        self.client = client
        self.settings = settings

    def find(self, person: Person, requisition_id: str) -> Found:
        rows = self._known(person.external_id) if person.external_id else []
        if not rows:
            found = (row for email in person.emails for row in self._by_email(email))
            rows = list({_number(row): row for row in found}.values())
        applications = _applied(rows, requisition_id) if len(rows) == 1 else ()
        return Found(tuple(_number(row) for row in rows), applications)

    def is_open(self, requisition_id: str) -> bool:
        criteria = references("Job_Requisition", [requisition_id])
        own = requisitions.own_statuses(str(self.settings.get("statuses") or ""))
        rows = self.client.page("Get_Job_Requisitions", criteria).rows
        return any(requisitions.is_open(row, own) for row in rows)

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        """What is there already is kept; only what is missing is written."""
        rows = self._known(candidate_id) if candidate_id else []
        found = _applied(rows, requisition_id)
        application_id = found[0] if found else ""
        if not application_id:
            candidate_id, application_id = self._put(person, requisition_id, rows)
        self._leave(candidate_id, application_id, note)
        if person.cv is not None:
            self._attach(candidate_id, application_id, person.cv, comment=f"From {SOURCE}")
        # No page of Workday is addressed by the ids its services know: the receipt shows the id.
        return Pushed(candidate_id, application_id, "")

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        """No application can be deleted, and a disposition would say something of the person: a note."""
        self._leave(pushed.candidate_id, pushed.application_id, note)
        return False

    def _put(self, person: Person, requisition_id: str, rows: list[Payload]) -> tuple[str, str]:
        """Candidate and application in one call; the answer names both."""
        held = rows[0] if rows else None
        stage, tag = (str(self.settings.get(name) or "") for name in ("first_stage", "tag_id"))
        data = [
            *(writing.person(person) if held is None else ()),
            writing.application(person, requisition_id, stage=stage, source=self._source),
            *(writing.tags(_tags(held), tag) if tag else ()),
        ]
        whom = writing.reference("Candidate", _number(held)) if held else None
        body = soap.node("Candidate_Data", *data)
        try:
            answer = self.client.write("Put_Candidate", whom, body, adds_only=held is None)
        except Rejected as refusal:
            return self._made_before(
                refusal, _number(held) if held else writing.key_of(person), requisition_id
            )
        made = [one for one in several(answer, "Candidate_Job_Application_Data") if isinstance(one, dict)]
        mine = [one for one in made if requisition_id in ids(one, "Job_Requisition_Reference")] or made
        application = mapping.identity(mine[0] if mine else {}, "Job_Application_Reference")
        return mapping.identity(answer, "Candidate_Reference"), application

    def _made_before(self, refusal: Rejected, number: str, requisition_id: str) -> tuple[str, str]:
        """An earlier call of ours was answered to nobody and did it; anything else is a refusal."""
        if not _is_there(refusal):
            raise refusal
        rows = self._known(number)
        found = _applied(rows, requisition_id)
        if not found:
            raise refusal
        return _number(rows[0]), found[0]

    def _leave(self, candidate_id: str, application_id: str, note: str) -> None:
        file = File(NOTE, "text/plain", note.encode())
        self._attach(candidate_id, application_id, file, comment=note)

    def _attach(self, candidate_id: str, application_id: str, file: File, *, comment: str) -> None:
        """The same file a second time is refused, which is as good."""
        whom = writing.reference("Candidate", candidate_id)
        about = writing.attachment(application_id, file, comment)
        try:
            self.client.write("Put_Candidate_Attachment", whom, about, adds_only=True)
        except Rejected as refusal:
            if not _is_there(refusal):
                raise

    @cached_property
    def _source(self) -> str:
        """What somebody chose, or a source of our name."""
        chosen = str(self.settings.get("source_id") or "")
        return chosen or next((own for own, name in sources(self.client) if name == SOURCE), "")

    def _known(self, number: str) -> list[Payload]:
        return self._people(references("Candidate", [number]))

    def _by_email(self, email: str) -> list[Payload]:
        """Whether the search takes parts of an address is not documented: only this very one is a hit."""
        rows = self._people(soap.node("Request_Criteria", soap.node("Candidate_Email_Address", email)))
        return [row for row in rows if _email(row) == email.casefold()]

    def _people(self, criteria: Any) -> list[Payload]:
        try:
            return self.client.page("Get_Candidates", criteria, group=people_group(self.client)).rows
        except Gone:
            return []


def sources(client: Client) -> list[tuple[str, str]]:
    """Every source by its id and name; none where the integration user may not see them."""
    criteria = soap.node("Request_Criteria", soap.node("Reference_ID_Type", writing.SOURCE_TYPE))
    found: list[tuple[str, str]] = []
    number = 1
    while number:
        try:
            listing = client.page(
                "Get_References", criteria, number=number, count=999, service="Integrations"
            )
        except (Forbidden, Gone, Rejected):
            return found
        data = (fields.inner(row, "Reference_ID_Data") for row in listing.rows if isinstance(row, dict))
        told = ((fields.text(one, "ID"), fields.text(one, "Referenced_Object_Descriptor")) for one in data)
        found += [(own, name or own) for own, name in told if own]
        number = listing.following
    return found


def _number(row: Payload) -> str:
    return mapping.identity(row, "Candidate_Reference")


def _email(row: Payload) -> str:
    contact = fields.inner(fields.inner(row, "Candidate_Data"), "Contact_Data")
    return fields.text(contact, "Email_Address").casefold()


def _applied(rows: list[Payload], requisition_id: str) -> tuple[str, ...]:
    """Applications for this requisition, ended ones too."""
    held = (one for row in rows for one in mapping.applications(row))
    return tuple(
        one.number for one in held if requisition_id in ids(one.applied, "Job_Requisition_Reference")
    )


def _tags(row: Payload | None) -> list[str]:
    held = several(fields.inner(row or {}, "Candidate_Data"), "Candidate_Tag_Reference")
    return [str(one["WID"]) for one in held if isinstance(one, dict) and one.get("WID")]


def _is_there(refusal: Rejected) -> bool:
    return any(sign in refusal.sentence.casefold() for sign in _THERE)
