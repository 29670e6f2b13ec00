"""Writing to Lever, where every create makes a new opportunity: look first, write second."""

from collections.abc import Mapping
from typing import Any

from integrations.providers.base import TAG, Found, Payload, Person, Pushed
from integrations.providers.lever import mapping
from integrations.providers.lever.client import Client

SOURCE = "Rekindle"


class Pusher:
    def __init__(self, client: Client, settings: Mapping[str, str]) -> None:
        self.client = client
        self.settings = settings

    def find(self, person: Person, requisition_id: str) -> Found:
        rows = self._of_contact(person.external_id) if person.external_id else []
        if not rows:
            rows = [row for email in person.emails for row in self._by_email(email)]
        contacts = dict.fromkeys(mapping.contact_id(row) for row in rows)
        return Found(tuple(contacts), _applied(rows, requisition_id))

    def is_open(self, requisition_id: str) -> bool:
        return self.client.one(f"postings/{requisition_id}").get("state") in ("published", "internal")

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        """What is there already is kept; only what is missing is written."""
        rows = self._of_contact(candidate_id) if candidate_id else []
        found = _applied(rows, requisition_id)
        opportunity_id = found[0] if found else self._create(person, requisition_id, rows)
        self._note(opportunity_id, note)
        self.client.write("POST", f"opportunities/{opportunity_id}/addTags", json={"tags": [TAG]})
        self._attach(opportunity_id, person)
        # Answers to writes come back without name and address: only a read is believed.
        row = self.client.one(f"opportunities/{opportunity_id}")
        url = str((row.get("urls") or {}).get("show") or "")
        return Pushed(mapping.contact_id(row), opportunity_id, url)

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        """No opportunity can be deleted, and archiving it would need a reason about the person: a note."""
        self._note(pushed.application_id, note)
        return False

    def _create(self, person: Person, requisition_id: str, rows: list[Payload]) -> str:
        """For somebody known, an address Lever knows them by goes first: that is how it finds the contact."""
        known = [email for row in rows for email in row.get("emails") or ()]
        headline = ", ".join(filter(None, (person.company, person.title)))
        body: Payload = {
            "name": person.full_name,
            "headline": headline,
            "emails": list(dict.fromkeys([*known[:1], *person.emails])),
            "phones": [{"value": phone, "type": "mobile"} for phone in person.phones],
            "links": list(person.links),
            "postings": [requisition_id],
            "origin": "sourced",
            "sources": [self.settings.get("source_id") or SOURCE],
        }
        return str(self.client.write("POST", "opportunities", json=body, params={"parse": "false"})["id"])

    def _note(self, opportunity_id: str, note: str) -> None:
        for row in self.client.every(f"opportunities/{opportunity_id}/notes"):
            if any(part.get("value") == note for part in row.get("fields") or ()):
                return
        self.client.write("POST", f"opportunities/{opportunity_id}/notes", json={"value": note})

    def _attach(self, opportunity_id: str, person: Person) -> None:
        if person.cv is None:
            return
        for row in self.client.every(f"opportunities/{opportunity_id}/files"):
            if row.get("name") == person.cv.name:
                return
        file = (person.cv.name, person.cv.content, person.cv.content_type)
        self.client.write("POST", f"opportunities/{opportunity_id}/files", files={"file": file})

    def _of_contact(self, contact_id: str) -> list[Payload]:
        return list(self.client.every("opportunities", _EXPANDED | {"contact_id": contact_id}))

    def _by_email(self, email: str) -> list[Payload]:
        return list(self.client.every("opportunities", _EXPANDED | {"email": email}))


_EXPANDED: dict[str, Any] = {"expand": "applications,contact"}


def _applied(rows: list[Payload], requisition_id: str) -> tuple[str, ...]:
    """Opportunities for this posting, archived ones too."""
    return tuple(
        dict.fromkeys(
            str(row["id"])
            for row in rows
            for form in row.get("applications") or ()
            if isinstance(form, dict) and form.get("posting") == requisition_id
        )
    )
