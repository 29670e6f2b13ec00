"""What only Ashby has: its signature, sync tokens that end, errors answered with 200."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from integrations.providers.ashby import hooks, meetings
from integrations.providers.ashby.client import Client
from integrations.providers.ashby.connector import AshbyConnector
from integrations.providers.base import Access, File, Forbidden, Gone, Person
from tests.simulators.ashby import Simulator

BODY = (
    '{"action":"candidateStageChange","webhookActionId":"3f9e0a6c-2d1b-4b7e-8c55-90a1b2c3d4e5","data":{"application":'
    '{"id":"b7a1c2d3-0e4f-4a5b-8c6d-7e8f9a0b1c2d","updatedAt":"2026-11-20T14:03:11.482Z","status":"Active","candidate":'
    '{"id":"1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e5f","name":"Zoë Łukasiewicz"},"currentInterviewStage":'
    '{"id":"d4e5f6a7-b8c9-4d0e-9f1a-2b3c4d5e6f70","title":"Phone Screen","type":"Active"}}}}'
).encode()  # fmt: skip
SECRET = "ashby-demo-secret-001"
SIGNED = "sha256=fa8197dd2be7029b8830bc1860f553bbd312a840fd403411a3c19c4b41e57133"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    started = Simulator(people=6).start()
    yield started
    started.stop()


@pytest.fixture
def connector(simulator: Simulator) -> Iterator[AshbyConnector]:
    access = Access(1, 21, simulator.settings, simulator.credentials)
    with closing(AshbyConnector(access, patience=5)) as opened:
        yield opened


def test_worked_signature() -> None:
    rewritten = json.dumps(json.loads(BODY)).encode()

    assert hooks.signature_is_valid(BODY, {"Ashby-Signature": SIGNED}, SECRET)
    assert not hooks.signature_is_valid(rewritten, {"Ashby-Signature": SIGNED}, SECRET)
    assert not hooks.signature_is_valid(BODY, {}, SECRET)
    assert not hooks.signature_is_valid(BODY, {"Ashby-Signature": SIGNED}, "")


def test_one_action_told_by_two_webhooks_is_two_hints() -> None:
    other = json.loads(BODY) | {"action": "applicationUpdate"}

    assert hooks.hint(BODY).event_id != hooks.hint(json.dumps(other).encode()).event_id
    assert ("application", "b7a1c2d3-0e4f-4a5b-8c6d-7e8f9a0b1c2d") in hooks.hint(BODY).reread


def test_merge_names_who_is_gone() -> None:
    body = {"action": "candidateMerge", "webhookActionId": "a"}
    data = {"deletedCandidate": {"id": "gone"}, "mergedCandidate": {"id": "kept"}}

    told = hooks.hint(json.dumps(body | {"data": data}).encode())

    assert (told.removed, told.reread) == ((("candidate", "gone"),), (("candidate", "kept"),))


def test_expired_sync_token_reads_the_list_in_full(connector: AshbyConnector, simulator: Simulator) -> None:
    *_, last = connector.pages(since=None, marks={}, position={})
    simulator.sync_epoch += 1

    pages = list(connector.pages(since=None, marks=last.position["marks"], position={}))

    people = [row for page in pages if page.kind == "candidate" for row in page.rows]
    assert len(people) == len(simulator.world.people)


@pytest.mark.parametrize("is_odd", [False, True])
def test_refusals_are_told_apart(simulator: Simulator, *, is_odd: bool) -> None:
    simulator.faults.odd_shapes = is_odd
    simulator.faults.denied = {"offer"}
    access = Access(1, 22, simulator.settings, simulator.credentials)

    with closing(Client(access, lane="sync", patience=5)) as client:
        with pytest.raises(Gone):
            client.info("candidate.info", {"id": "nobody"})
        with pytest.raises(Forbidden, match="offersRead"):
            client.list("offer")


def test_cv_goes_where_ashby_says_without_our_key_and_own_fields_along(
    connector: AshbyConnector, simulator: Simulator
) -> None:
    job = next(job for job in simulator.world.jobs.values() if job.status == "open")
    cv = File("cv.pdf", "application/pdf", b"%PDF-1.4 nobody")
    own = (("customFields.visa", "EU"), ("Candidate_Data.Other", "none of Ashby's"))
    person = Person("", "Zoë", "Lindt", ("zoe@example.org",), (), (), "", "", cv, own=own)

    done = connector.push(person, job.id, "", "Shortlisted.")

    assert simulator.world.people[done.candidate_id].files == ["cv.pdf"]
    assert simulator.world.people[done.candidate_id].own == {"visa": "EU"}
    assert list(simulator.uploads.values()) == ["done"]


def test_webhooks_are_set_up_once(connector: AshbyConnector, simulator: Simulator) -> None:
    connector.subscribe("https://crm.example/hook")
    connector.subscribe("https://crm.example/hook")

    assert len(simulator.hooks) == len(hooks.EVENTS)


def test_rating_is_told_by_its_label() -> None:
    field = {"path": "overall", "selectableValues": [{"value": "4", "label": "Strong yes"}]}
    row = {"id": "1", "applicationId": "2", "submittedAt": "2026-10-12T09:30:00.000Z"}
    form = {"formDefinition": {"sections": [{"fields": [field]}]}, "submittedValues": {"overall": "4"}}

    assert meetings.scorecard(row | form).rating == "Strong yes"
