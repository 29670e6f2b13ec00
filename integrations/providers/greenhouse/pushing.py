"""Writing to Greenhouse, which has no idempotency key: look first, write second, remember the id."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from integrations.providers.base import TAG, File, Forbidden, Found, Gone, Payload, Person, Pushed, Rejected
from integrations.providers.greenhouse.client import Client
from integrations.providers.limits import one_at_a_time

APP_URL = "https://app.greenhouse.io"


class Pusher:
    def __init__(self, client: Client, settings: Mapping[str, str]) -> None:
        self.client = client
        self.settings = settings

    def find(self, person: Person, requisition_id: str) -> Found:
        candidates: dict[str, None] = {}
        if person.external_id:
            rows = self.client.list("candidates", {"ids": person.external_id}).rows
            candidates |= {str(row["id"]): None for row in rows}
        if not candidates:
            for email in person.emails:
                rows = self.client.list("candidates", {"email": email}).rows
                candidates |= {str(row["id"]): None for row in rows}
        if len(candidates) != 1:
            return Found(tuple(candidates))
        return Found(tuple(candidates), self._applications(next(iter(candidates)), requisition_id))

    def is_open(self, requisition_id: str) -> bool:
        rows = self.client.list("jobs", {"ids": requisition_id}).rows
        return any(row.get("status") == "open" and not row.get("is_template") for row in rows)

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        """What is there already is kept; only what is missing is written."""
        is_new = not candidate_id
        if candidate_id:
            found = self._applications(candidate_id, requisition_id)
            application_id = found[0] if found else self._apply(candidate_id, requisition_id)
        else:
            candidate_id, application_id = self._create(person, requisition_id)
            self._fill(candidate_id, person)
        # Nothing hangs on somebody this very call made: looking would cost three requests of fifty.
        if is_new or not self._has_note(application_id, note):
            self._note(candidate_id, application_id, note)
        if is_new or not self._has_tag(candidate_id):
            self._tag(candidate_id)
        if person.cv and (is_new or not self._has_file(application_id, person.cv.name)):
            self._attach(application_id, person.cv)
        base = str(self.settings.get("app_url") or APP_URL).rstrip("/")
        url = f"{base}/people/{candidate_id}?application_id={application_id}"
        return Pushed(candidate_id=candidate_id, application_id=application_id, url=url)

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        """Harvest deletes no application, and a rejection would say something of the person: a note."""
        if not self._has_note(pushed.application_id, note):
            self._note(pushed.candidate_id, pushed.application_id, note)
        return False

    def _create(self, person: Person, requisition_id: str) -> tuple[str, str]:
        body: Payload = {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email_addresses": [{"value": value, "type": "personal"} for value in person.emails],
            "phone_numbers": [{"value": value, "type": "mobile"} for value in person.phones],
            "social_media_addresses": [{"value": value} for value in person.links],
            "application": {"job_id": int(requisition_id)} | self._source(),
        }
        body |= {name: text for name, text in (("company", person.company), ("title", person.title)) if text}
        answer = self.client.create("candidates", body)
        # Both shapes have been seen: the candidate itself, or candidate and application side by side.
        candidate_id = str((answer.get("candidate") or answer)["id"])
        application = answer.get("application") or {}
        if application.get("id"):
            return candidate_id, str(application["id"])
        found = self._applications(candidate_id, requisition_id)
        return candidate_id, found[0] if found else self._apply(candidate_id, requisition_id)

    def _fill(self, candidate_id: str, person: Person) -> None:
        """Own fields, afterwards: which shape is taken is unconfirmed, and a refusal stops no push."""
        prefix = "custom_fields."
        told = {path.removeprefix(prefix): value for path, value in person.own if path.startswith(prefix)}
        named = [{"name_key": name, "value": value} for name, value in told.items()]
        for fields in (told, named) if told else ():
            with suppress(Rejected, Gone, Forbidden):
                self.client.change(f"candidates/{candidate_id}", {"custom_fields": fields})
                return

    def _apply(self, candidate_id: str, requisition_id: str) -> str:
        body = {"candidate_id": int(candidate_id), "job_id": int(requisition_id)} | self._source()
        return str(self.client.create("applications", body)["id"])

    def _source(self) -> dict[str, Any]:
        source = self.settings.get("source_id")
        return {"source_id": int(source)} if source else {}

    def _applications(self, candidate_id: str, requisition_id: str) -> tuple[str, ...]:
        """Applications of any outcome; a prospect is not yet in the process."""
        rows = self.client.list(
            "applications", {"candidate_ids": candidate_id, "job_ids": requisition_id}
        ).rows
        return tuple(str(row["id"]) for row in rows if not row.get("prospect"))

    def _has_note(self, application_id: str, note: str) -> bool:
        rows = self.client.list("notes", {"application_ids": application_id}).rows
        return any(row.get("body") == note for row in rows)

    def _note(self, candidate_id: str, application_id: str, note: str) -> None:
        body: Payload = {
            "candidate_id": int(candidate_id),
            "application_id": int(application_id),
            "body": note,
        }
        self.client.create("notes", body | {"visibility": "public", "note_type": "NOTE"})

    def _has_file(self, application_id: str, name: str) -> bool:
        rows = self.client.list("attachments", {"application_ids": application_id}).rows
        return any(row.get("filename") == name for row in rows)

    def _attach(self, application_id: str, cv: File) -> None:
        body: Payload = {"application_id": int(application_id), "type": "resume", "filename": cv.name}
        content = base64.b64encode(cv.content).decode()
        self.client.create("attachments", body | {"content": content, "content_type": cv.content_type})

    def _has_tag(self, candidate_id: str) -> bool:
        rows = self.client.list("candidates", {"ids": candidate_id}).rows
        return any(TAG in (row.get("tags") or ()) for row in rows)

    def _tag(self, candidate_id: str) -> None:
        tag = {"candidate_id": int(candidate_id), "candidate_tag_id": self._tag_id}
        try:
            self.client.create("applied_candidate_tags", tag)
        except Rejected:
            # Another worker was faster: the tag is there, which is all we want.
            return

    @cached_property
    def _tag_id(self) -> int:
        # Two workers that find no tag at the same moment would make two.
        with one_at_a_time(f"{self.client.prefix}:tag", patience=self.client.patience):
            return self._found_or_made()

    def _found_or_made(self) -> int:
        listing = self.client.list("candidate_tags", {"per_page": 500})
        while True:
            for row in listing.rows:
                if row.get("name") == TAG:
                    return int(row["id"])
            if not listing.cursor:
                return int(self.client.create("candidate_tags", {"name": TAG})["id"])
            listing = self.client.list("candidate_tags", cursor=listing.cursor)
