"""SuccessFactors over HTTP: sessions, snapshots, rights, templates that change, upserts that refuse."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache

from integrations.providers.base import Access, File, Forbidden, Person, Revoked
from integrations.providers.successfactors.client import Client
from integrations.providers.successfactors.connector import SuccessFactorsConnector
from tests.simulators.successfactors import Simulator


@pytest.fixture(scope="module")
def company() -> Iterator[Simulator]:
    started = Simulator(people=20).start()
    yield started
    started.stop()


@pytest.fixture
def simulator(company: Simulator) -> Simulator:
    company.faults.denied, company.locked, company.removed = set(), set(), set()
    cache.clear()
    return company


@pytest.fixture
def connector(simulator: Simulator) -> Iterator[SuccessFactorsConnector]:
    access = Access(1, 41, simulator.settings, simulator.credentials)
    with closing(SuccessFactorsConnector(access, patience=5)) as opened:
        yield opened


def test_wrong_user_is_told_what_to_look_at(simulator: Simulator) -> None:
    access = Access(1, 42, simulator.settings | {"user_id": "somebody"}, simulator.credentials)

    with (
        closing(SuccessFactorsConnector(access)) as opened,
        pytest.raises(Revoked, match="certificate registered"),
    ):
        opened.check()


def test_pages_go_on_in_another_worker_and_behind_a_snapshot_that_ended(simulator: Simulator) -> None:
    access = Access(1, 43, simulator.settings, simulator.credentials)
    found: list[str] = []
    position: dict[str, Any] = {}
    for turn in range(60):
        with closing(SuccessFactorsConnector(access, patience=5)) as opened:
            for page in opened.pages(since=None, marks={}, position=position):
                found += [row.external_id for row in page.rows if page.kind == "candidate"]
                if page.position != position:
                    break
            else:
                break
            position = page.position
        if turn % 3 == 2:
            simulator.lists.clear()

    assert sorted(found) == sorted(simulator.world.people)


def test_link_to_another_server_is_not_followed(connector: SuccessFactorsConnector) -> None:
    with pytest.raises(Exception, match="another address"):
        connector.client.follow("https://elsewhere.example/odata/v2/Candidate?$skiptoken=x")


def test_field_that_went_overnight_is_asked_for_no_longer(
    connector: SuccessFactorsConnector, simulator: Simulator
) -> None:
    assert connector.client.schema.has("Candidate", "city")
    simulator.removed = {"Candidate/city"}

    pages = list(connector.pages(since=None, marks={}, position={}))

    assert sum(len(page.rows) for page in pages if page.kind == "candidate") == len(simulator.world.people)


def test_what_may_not_be_seen_leaves_the_rest(
    connector: SuccessFactorsConnector, simulator: Simulator
) -> None:
    simulator.faults.denied = {"OfferLetter", "User", "JobApplicationStatusAuditTrail"}

    pages = list(connector.pages(since=None, marks={}, position={}))

    assert sum(len(page.rows) for page in pages if page.kind == "application") >= len(
        simulator.world.applications
    )
    assert not [row for page in pages if page.kind in ("offer", "stage") for row in page.rows if row.record]
    assert [
        row.warning for page in pages if page.kind == "user" for row in page.rows if "right" in row.warning
    ]
    missing = {right.name for right in connector.check().missing}
    assert missing == {"OData API Application Audit Export", "OData API Offer Letter Export"}


def test_open_applications_are_read_again_once_a_day(connector: SuccessFactorsConnector) -> None:
    since = datetime.now(UTC)

    read = [
        sum(len(page.rows) for page in connector.pages(since=since, marks=marks, position={}))
        for marks in ({"open_read_at": since.isoformat()}, {"open_read_at": "2025-01-01T00:00:00+00:00"})
    ]

    assert read[0] < read[1]


def test_cv_goes_along_once_and_never_over_another(
    connector: SuccessFactorsConnector, simulator: Simulator
) -> None:
    job = next(job for job in simulator.world.jobs.values() if job.status == "open")
    cv = File("cv.pdf", "application/pdf", b"%PDF-1.4 nobody")
    person = Person("", "Zoë", "O'Lindt", ("zoe.o'lindt@example.org",), ("+491",), (), "", "", cv, "CH")

    done = connector.push(person, job.id, "", "Shortlisted.")
    again = connector.push(person, job.id, done.candidate_id, "Shortlisted.")

    assert again == done
    made = simulator.world.people[done.candidate_id]
    assert (made.files, made.country, made.tags) == (["cv.pdf"], "CH", ["rekindle"])
    assert connector.find(person, job.id).applications == (done.application_id,)
    assert not connector.take_back(done, job.id, "Taken back.")
    assert simulator.world.applications[done.application_id].notes == ["Shortlisted.", "Taken back."]


def test_note_goes_on_the_person_where_applications_take_none(
    connector: SuccessFactorsConnector, simulator: Simulator
) -> None:
    simulator.locked = {"JobApplicationComments", "CandidateTags"}
    job = next(job for job in simulator.world.jobs.values() if job.status == "open")
    person = Person("", "Ny", "Bo", ("ny@example.org",), ("+491",), (), "", "", country="SE")

    done = connector.push(person, job.id, "", "Shortlisted.")

    told = [
        row["content"]
        for row in simulator.comments["CandidateComments"]
        if row["candidateId"] == done.candidate_id
    ]
    assert told == ["Shortlisted."]
    assert simulator.world.people[done.candidate_id].tags == []


def test_what_every_template_asks_for_is_missing_before_anything_is_sent(simulator: Simulator) -> None:
    settings = {name: value for name, value in simulator.settings.items() if not name.startswith("default_")}
    person = Person("", "No", "Phone", ("nophone@example.org",), (), (), "", "")

    with closing(SuccessFactorsConnector(Access(1, 44, settings, simulator.credentials))) as opened:
        assert opened.find(person, next(iter(simulator.world.jobs))).lacking == ("country", "phone")


def test_refused_row_of_a_write_is_a_refusal_though_the_answer_is_200(simulator: Simulator) -> None:
    simulator.faults.denied = {"Candidate"}
    with closing(
        Client(Access(1, 45, simulator.settings, simulator.credentials), lane="push", patience=5)
    ) as client:
        with pytest.raises(Forbidden):
            client.upsert({"__metadata": {"uri": "Candidate"}})
        with pytest.raises(Exception, match="not a valid entity with the index 0"):
            client.upsert({"__metadata": {"uri": "Nothing"}})
