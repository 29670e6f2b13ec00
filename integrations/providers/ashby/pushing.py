"""Writing to Ashby, which checks nothing for duplicates: look first, write second, remember the id."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property

from integrations.providers.ashby.client import Client
from integrations.providers.base import TAG, Forbidden, Found, Gone, Payload, Person, Pushed, Rejected
from integrations.providers.limits import one_at_a_time

SOURCE = "Rekindle"


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
        return Found(tuple(rows), self._applications(next(iter(rows.values())), requisition_id))

    def is_open(self, requisition_id: str) -> bool:
        return self.client.info("job.info", {"id": requisition_id}).get("status") == "Open"

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        """What is there already is kept; only what is missing is written."""
        candidate_id = candidate_id or self._filled(self._create(person), person)
        row = self.client.info("candidate.info", {"id": candidate_id})
        found = self._applications(row, requisition_id)
        application_id = found[0] if found else self._apply(candidate_id, requisition_id)
        self._note(candidate_id, note)
        self._tag(row)
        self._attach(row, person)
        return Pushed(candidate_id, application_id, str(row.get("profileUrl") or ""))

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        """Ashby deletes an application for a key with candidatesDelete; any other leaves a note."""
        try:
            self.client.call_out("application.delete", {"applicationId": pushed.application_id})
        except Gone:
            return True
        except Forbidden:
            self._note(pushed.candidate_id, note)
            return False
        return True

    def _create(self, person: Person) -> str:
        emails = list(person.emails)
        body: Payload = {"name": person.full_name, "alternateEmailAddresses": emails[1:]} | self._credit
        optional = {
            "email": emails[0] if emails else "",
            "phoneNumber": next(iter(person.phones), ""),
            "linkedInUrl": next((link for link in person.links if "linkedin." in link), ""),
            "website": next((link for link in person.links if "linkedin." not in link), ""),
        }
        body |= {name: text for name, text in optional.items() if text}
        return str(self.client.info("candidate.create", body)["id"])

    def _filled(self, candidate_id: str, person: Person) -> str:
        """Own fields of somebody new; what the key may not set or the field does not take is left out."""
        prefix = "customFields."
        for path, value in person.own:
            if path.startswith(prefix):
                told = {"objectId": candidate_id, "objectType": "Candidate", "fieldValue": value}
                with suppress(Rejected, Gone, Forbidden):
                    self.client.call_out(
                        "customField.setValue", told | {"fieldId": path.removeprefix(prefix)}
                    )
        return candidate_id

    def _apply(self, candidate_id: str, requisition_id: str) -> str:
        body = {"candidateId": candidate_id, "jobId": requisition_id} | self._credit
        return str(self.client.info("application.create", body)["id"])

    @cached_property
    def _credit(self) -> Payload:
        source = self.settings.get("source_id") or next(
            (str(row["id"]) for row in self.client.every("source") if row.get("title") == SOURCE), ""
        )
        told = {"sourceId": source, "creditedToUserId": self.settings.get("user_id")}
        return {name: value for name, value in told.items() if value}

    def _note(self, candidate_id: str, note: str) -> None:
        held = self.client.list("candidate", {"candidateId": candidate_id}, verb="listNotes").rows
        if any(row.get("content") == note for row in held):
            return
        body = {"candidateId": candidate_id, "note": note, "sendNotifications": False, "isPrivate": False}
        self.client.call_out("candidate.createNote", body)

    def _tag(self, row: Payload) -> None:
        if any(tag.get("title") == TAG for tag in row.get("tags") or ()):
            return
        self.client.call_out("candidate.addTag", {"candidateId": row["id"], "tagId": self._tag_id})

    @cached_property
    def _tag_id(self) -> str:
        # Two workers that find no tag at the same moment would make two.
        with one_at_a_time(f"{self.client.prefix}:tag", patience=self.client.patience):
            known = (tag for tag in self.client.every("candidateTag") if tag.get("title") == TAG)
            tag = next(known, None) or self.client.info("candidateTag.create", {"title": TAG})
            return str(tag["id"])

    def _attach(self, row: Payload, person: Person) -> None:
        cv = person.cv
        names = [
            held.get("name")
            for held in (row.get("resumeFileHandle"), *(row.get("fileHandles") or ()))
            if held
        ]
        if cv is None or cv.name in names:
            return
        told = {"filename": cv.name, "contentType": cv.content_type, "contentLength": len(cv.content)}
        slot = self.client.info(
            "file.createFileUploadHandle", {"fileUploadContext": "CandidateResume", **told}
        )
        file = (cv.name, cv.content, cv.content_type)
        self.client.upload(str(slot["url"]), slot.get("fields") or {}, file)
        body = {"candidateId": row["id"], "resumeHandle": slot["handle"]}
        self.client.call_out("candidate.uploadResume", body)

    def _known(self, number: str) -> dict[str, Payload]:
        try:
            return {number: self.client.info("candidate.info", {"id": number})}
        except Gone:
            return {}

    def _by_email(self, email: str) -> list[Payload]:
        """The search is wide: only a record that holds this very address is a hit."""
        found = self.client.call_out("candidate.search", {"email": email}) or []
        wanted = email.casefold()
        return [row for row in found if wanted in _addresses(row)]

    def _applications(self, row: Payload, requisition_id: str) -> tuple[str, ...]:
        held = []
        for number in row.get("applicationIds") or ():
            try:
                application = self.client.info("application.info", {"applicationId": number})
            except Gone:
                continue
            if (application.get("job") or {}).get("id") == requisition_id:
                held.append(str(number))
        return tuple(held)


def _addresses(row: Payload) -> set[str]:
    rows = [row.get("primaryEmailAddress"), *(row.get("emailAddresses") or ())]
    return {str(one.get("value") or "").casefold() for one in rows if isinstance(one, dict)}
