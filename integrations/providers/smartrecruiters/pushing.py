"""Writing to SmartRecruiters, which promises nothing about a second e-mail: look first, write second."""

from collections.abc import Mapping
from functools import cached_property

from integrations.providers.base import TAG, Forbidden, Found, Gone, Payload, Person, Pushed
from integrations.providers.smartrecruiters import mapping
from integrations.providers.smartrecruiters.client import Client

SOURCE = "Rekindle"
APP_URL = "https://www.smartrecruiters.com/app/people/applications"
OPEN = ("SOURCING", "INTERVIEW", "OFFER")


class Pusher:
    def __init__(self, client: Client, settings: Mapping[str, str]) -> None:
        self.client = client
        self.settings = settings

    def find(self, person: Person, requisition_id: str) -> Found:
        rows = self._known(person.external_id) if person.external_id else {}
        if not rows:
            for email in person.emails:
                rows |= {str(row["id"]): row for row in self._by_email(email)}
        if len(rows) != 1:
            return Found(tuple(rows))
        number, row = next(iter(rows.items()))
        # Who was found by a search is asked for in full: its list may lag behind.
        row = row if number == person.external_id else self._known(number).get(number, {})
        return Found((number,), _applications(row, requisition_id))

    def is_open(self, requisition_id: str) -> bool:
        row = self.client.one(f"/jobs/{requisition_id}")
        return row.get("status") in OPEN and not row.get("template")

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        """What is there already is kept; only what is missing is written."""
        row = self._known(candidate_id).get(candidate_id, {}) if candidate_id else {}
        found = _applications(row, requisition_id)
        if not found:
            row = self._create(person, requisition_id, row)
            candidate_id = str(row["id"])
        self._note(row, requisition_id, note, is_new=not found)
        if TAG not in (row.get("tags") or ()):
            self.client.write("POST", f"/candidates/{candidate_id}/tags", json={"tags": [TAG]})
        self._attach(candidate_id, requisition_id, person)
        number = mapping.application_id(candidate_id, requisition_id)
        return Pushed(candidate_id, number, f"{APP_URL}/{candidate_id}")

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        """An assignment cannot be deleted, and every status that ends it says who decided: a note."""
        self._note({"id": pushed.candidate_id}, requisition_id, note, is_new=True)
        return False

    def _create(self, person: Person, requisition_id: str, known: Payload) -> Payload:
        """Somebody known is assigned by the address SmartRecruiters knows them by; they come back in full."""
        body: Payload = {
            "firstName": person.first_name,
            "lastName": person.last_name,
            "email": known.get("email") or next(iter(person.emails), ""),
            "tags": [],
            "internal": False,
        }
        linkedin = next((link for link in person.links if "linkedin." in link), "")
        body |= {"phoneNumber": person.phones[0]} if person.phones else {}
        body |= {"web": {"linkedIn": linkedin}} if linkedin else {}
        if person.title or person.company:
            body["experience"] = [{"title": person.title, "company": person.company, "current": True}]
        if source := self._source:
            body["sourceDetails"] = source
        return self.client.write("POST", f"/jobs/{requisition_id}/candidates", json=body)

    @cached_property
    def _source(self) -> Payload:
        """What somebody chose, or a source of our name; else SmartRecruiters says “API”."""
        chosen = str(self.settings.get("source_id") or "")
        for number, name in sources(self.client) if not chosen else ():
            if name == SOURCE:
                chosen = number
        kind, _, rest = chosen.partition("/")
        sub, _, value = rest.partition("/")
        told = {"sourceTypeId": kind, "sourceSubTypeId": sub, "sourceId": value}
        return {name: text for name, text in told.items() if text}

    def _note(self, row: Payload, job: str, note: str, *, is_new: bool) -> None:
        """Messages can only be read by an administrator: who may not look writes with a new application."""
        try:
            held = list(self.client.every("/messages", {"candidateId": str(row["id"])}))
        except (Forbidden, Gone):
            if not is_new and TAG in (row.get("tags") or ()):
                return
            held = []
        if any(note in str(message.get("content")) for message in held):
            return
        body: Payload = {"content": f"#[CANDIDATE:{row['id']}] {note}", "correlationId": f"rekindle-{job}"}
        body["shareWith"] = {"users": [], "hiringTeamOf": [job], "everyone": False, "openNote": True}
        self.client.write("POST", "/messages/shares", json=body)

    def _attach(self, candidate_id: str, job: str, person: Person) -> None:
        if person.cv is None:
            return
        path = f"/candidates/{candidate_id}/jobs/{job}/attachments"
        if any(row.get("name") == person.cv.name for row in self.client.every(path)):
            return
        file = (person.cv.name, person.cv.content, person.cv.content_type)
        self.client.write("POST", path, data={"attachmentType": "RESUME"}, files={"file": file})

    def _known(self, number: str) -> dict[str, Payload]:
        try:
            return {number: self.client.one(f"/candidates/{number}")}
        except Gone:
            return {}

    def _by_email(self, email: str) -> list[Payload]:
        """The search looks through many fields: only this very address is a hit."""
        rows = self.client.list("/candidates", {"q": email}).rows
        return [row for row in rows if str(row.get("email") or "").casefold() == email.casefold()]


def _applications(row: Payload, requisition_id: str) -> tuple[str, ...]:
    """Of somebody in full, for this requisition."""
    held = (str(assigned["job"]["id"]) for assigned in mapping.assignments(row))
    return tuple(mapping.application_id(str(row["id"]), job) for job in held if job == requisition_id)


def sources(client: Client) -> list[tuple[str, str]]:
    """Every source as type/sub-type/value and its name."""
    found = []
    for kind in client.every("/configuration/sources"):
        for value in client.every(f"/configuration/sources/{kind['id']}/values"):
            sub = (value.get("sourceSubType") or {}).get("id") or ""
            found.append((f"{kind['id']}/{sub}/{value['id']}", str(value.get("label") or "")))
    return found
