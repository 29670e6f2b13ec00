"""Writing: everything is an upsert, answered with 200 and a verdict per row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.simulators.server import Row
from tests.simulators.successfactors_odata import refused
from tests.simulators.world import Application, Person

if TYPE_CHECKING:
    from tests.simulators.successfactors import Simulator

MOST = 1_000
NEEDED = ("firstName", "lastName", "country", "cellPhone")
_URI = re.compile(r"(\w+)(?:\((?:\w+=)?(\d+)L?\))?")


class Refusal(Exception):
    """Why a row was not written."""


class Writes:
    def __init__(self, owner: Simulator) -> None:
        self.owner, self.world = owner, owner.world

    def upsert(self, body: Any) -> list[Row]:
        rows = body if isinstance(body, list) else [body]
        if len(rows) > MOST:
            words = "Upsert content exceeds the limitation, the maximum size is 1000"
            raise refused("BadRequestException", words)
        return [self._row(row, index) for index, row in enumerate(rows)]

    def _row(self, row: Row, index: int) -> Row:
        found = _URI.fullmatch(str((row.get("__metadata") or {}).get("uri")))
        name, number = found.groups() if found else ("", None)
        told: Row = {"key": None, "editStatus": None, "message": None, "index": index, "inlineResults": None}
        if name in self.owner.faults.denied | self.owner.locked:
            return told | {"status": "ERROR", "message": f"{name} is not upsertable", "httpCode": 403}
        writers = {
            "Candidate": self._candidate,
            "JobApplication": self._application,
            "CandidateTags": self._tag,
            "JobApplicationComments": self._comment,
            "CandidateComments": self._comment,
        }
        try:
            if name not in writers:
                raise Refusal(f"{name} is not a valid entity")
            key = writers[name](name, number, row)
        except Refusal as reason:
            return told | {
                "status": "ERROR",
                "message": f"{name}: {reason} with the index {index}",
                "httpCode": 500,
            }
        return told | {"key": key, "status": "OK", "editStatus": "UPSERTED", "httpCode": 200}

    def _candidate(self, name: str, number: str | None, row: Row) -> str:
        self._demand(row)
        at = self.owner.now().replace(microsecond=0)
        if number:
            raise Refusal("update is not played here")
        made = self.world.add_person(
            first=row["firstName"], last=row["lastName"], email=row["primaryEmail"], at=at
        )
        made.country, made.phone = row["country"], row["cellPhone"]
        made.title, made.company = row.get("currentTitle") or "", row.get("currentCompany") or ""
        return f"Candidate/candidateId={made.id}"

    def _application(self, name: str, number: str | None, row: Row) -> str:
        if number:
            self._application_of(number).person.files.append(row["resume"]["fileName"])
            return f"JobApplication/applicationId={number}"
        self._demand(row)
        person, job = self._person(str(row.get("candidateId"))), self.world.jobs.get(str(row.get("jobReqId")))
        if job is None:
            raise Refusal("invalid jobReqId")
        # The pair is its identity: sent again it is the same one.
        held = next((one for one in self.world.of_person(person) if one.job is job), None)
        if held is None:
            source = row.get("sourceLabel") or ("Job board" if str(row.get("source")).isdigit() else "")
            at = self.owner.now().replace(microsecond=0)
            held = self.world.add_application(person, job, source=source, at=at)
        return f"JobApplication/applicationId={held.id}"

    def _tag(self, name: str, number: str | None, row: Row) -> str:
        person = self._person(str(row.get("candidateId")))
        person.tags += [row["label"]] if row["label"] not in person.tags else []
        return f"CandidateTags/tagId={len(person.tags)}"

    def _comment(self, name: str, number: str | None, row: Row) -> str:
        key = "applicationId" if name == "JobApplicationComments" else "candidateId"
        rows = self.owner.comments[name]
        rows.append({"commentId": str(len(rows) + 1), key: row[key], "content": row["content"]})
        if key == "applicationId":
            self._application_of(str(row[key])).notes.append(row["content"])
        return f"{name}/commentId={len(rows)}"

    def _demand(self, row: Row) -> None:
        for name in NEEDED:
            if not row.get(name):
                raise Refusal(f"Mandatory value is missing for {name}")
        if not row["country"].replace(" ", "").isalpha():
            raise Refusal("country invalid, ")

    def _person(self, number: str) -> Person:
        if number not in self.world.people:
            raise Refusal("invalid candidateId")
        return self.world.people[number]

    def _application_of(self, number: str) -> Application:
        if number not in self.world.applications:
            raise Refusal("invalid applicationId")
        return self.world.applications[number]
