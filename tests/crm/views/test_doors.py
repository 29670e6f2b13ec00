"""One table: whoever comes in through whichever door is found again by address or profile alone."""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from crm.actions import api_keys, candidates, capture_forms, duplicates, imports, registrations
from crm.models import Candidate, CaptureForm, DuplicatePair, TalentEvent, User
from crm.policies.form_questions import FIELDS, asking
from integrations.actions import connections
from integrations.actions.records.candidates import apply_candidates
from integrations.actions.records.matching import Fresh
from integrations.models import Connection
from integrations.providers.base import Row
from integrations.providers.records import CandidateRecord, Contact
from tests.conftest import NOW
from tests.crm.capture import live_event, live_form, send

pytestmark = pytest.mark.usefixtures("scope", "fresh_counters")
Given = dict[str, str]
PROFILE = "https://www.linkedin.com/in/ines-duarte"
KNOWN = {"first_name": "Inês", "last_name": "Duarte", "email": "ines@people.example", "link": PROFILE,
         "phone": "+49 30 901820", "current_company": "Acme"}  # fmt: skip


class Doors:
    """Every way into the records, each as whoever uses it would go through it."""

    def __init__(self, ada: User, client: Client, client_as: Any, clock: Any, on_commit: Any) -> None:
        self.ada, self.client, self.client_as = ada, client, client_as
        self.clock, self.on_commit = clock, on_commit

    def form(self, given: Given) -> None:
        self._answer(self.asking, "/f/acme/talent-community/", given)

    def event(self, given: Given) -> None:
        self._answer(self.evening.form, "/e/acme/open-evening/", given)

    def walk_in(self, given: Given) -> None:
        registrations.walk_in(event=self.evening, given=given, agrees=True, by=self.ada)

    def csv(self, given: Given) -> None:
        text = ",".join(given) + "\n" + ",".join(given.values())
        run = imports.upload(file_name="people.csv", content=text.encode(), by=self.ada)
        with self.on_commit():
            imports.start(run=run, mapping={name: name for name in given})

    def api(self, given: Given) -> None:
        self._call("/api/v1/candidates", given)

    def bulk(self, given: Given) -> None:
        self._call("/api/v1/candidates/bulk", {"candidates": [given]})

    def manual(self, given: Given) -> None:
        self.client_as(self.ada).post("/w/acme/candidates/new/", given | {"confirmed": "1"})

    def ats(self, given: Given) -> None:
        kinds = ("email", "phone", "link")
        contacts = tuple(Contact(kind, given[kind], given[kind]) for kind in kinds if kind in given)
        plain: dict[str, Any] = {
            name: given.get(name, "") for name in ("first_name", "last_name", "current_company")
        }
        blank: dict[str, Any] = dict.fromkeys(
            ("current_title", "city", "region", "country", "time_zone", "role_family", "seniority"), ""
        )
        number = given["email"]
        record = CandidateRecord(number, NOW, NOW, contacts=contacts, tags=(), skills=(), **plain, **blank)
        apply_candidates(self.connection, [Fresh(Row(number, {}), record, None)], timezone.now())

    @cached_property
    def asking(self) -> CaptureForm:
        return live_form(self.ada)

    @cached_property
    def evening(self) -> TalentEvent:
        return live_event(self.ada)

    @cached_property
    def connection(self) -> Connection:
        secrets = {"client_id": "a", "client_secret": "b"}
        return connections.create(
            kind="greenhouse", name="Greenhouse", settings={}, credentials=secrets, by=None
        )

    def _answer(self, form: CaptureForm, path: str, given: Given) -> None:
        form.refresh_from_db()
        for name in given.keys() - {question["field"] for question in form.questions}:
            capture_forms.ask(form=form, question=asking(FIELDS[name]))
        send(self.client, path, self.clock, **given)

    def _call(self, path: str, body: Any) -> None:
        key = api_keys.create(name="Test", role="admin", by=self.ada).text
        self.client.post(
            path,
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )


DOORS = ("form", "event", "walk_in", "csv", "api", "bulk", "manual", "ats")


@pytest.fixture
def through(
    ada: User, client: Client, client_as: Any, clock: time_machine.Traveller, on_commit: Callable[[], Any]
) -> Callable[[str, Given], None]:
    doors = Doors(ada, client, client_as, clock, on_commit)
    candidates.create(given=KNOWN, origin="manual", by=ada)
    return lambda door, given: getattr(doors, door)(given)


@pytest.mark.parametrize("door", DOORS)
def test_an_address_or_a_profile_is_the_same_person_and_a_name_only_suggests(through: Any, door: str) -> None:
    through(door, {"first_name": "I.", "last_name": "D.", "email": " INES@People.Example "})
    assert Candidate.objects.count() == 1, "the same address, written otherwise"
    link = "http://linkedin.com/in/Ines-Duarte/?trk=share"
    through(door, {"first_name": "I.", "last_name": "D.", "email": "other@people.example", "link": link})
    assert Candidate.objects.count() == 1, "the same profile, written otherwise"
    candidates.change(candidate=Candidate.objects.get(), given=KNOWN)
    name = {"first_name": "INES", "last_name": "duarte", "current_company": "ACME"}
    through(door, {"email": "a@people.example"} | name)
    assert Candidate.objects.count() == 2, "the same name and company"
    duplicates.look(now=timezone.now(), everybody=True)
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.signs) == ("open", ["name_company"])


@pytest.mark.parametrize("door", ["form", "walk_in", "csv", "bulk"])
def test_who_matches_two_records_is_merged_by_nobody_but_asked_about(through: Any, door: str) -> None:
    known = Candidate.objects.get()
    other = candidates.create(given={"email": "second@people.example"}, origin="manual")
    through(door, {"first_name": "I.", "email": "second@people.example", "link": PROFILE})
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id, pair.signs) == (known.pk, other.pk, ["given_together"])
    assert Candidate.objects.filter(merged_into=None).count() == 2
