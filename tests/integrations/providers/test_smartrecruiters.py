"""What only SmartRecruiters has: signed headers, a handshake, histories instead of dates, thin lists."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.test import Client as Browser

from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from integrations.actions import connections
from integrations.providers.base import Access, File, Person
from integrations.providers.smartrecruiters import hooks, mapping
from integrations.providers.smartrecruiters.connector import SmartRecruitersConnector
from integrations.providers.smartrecruiters.mapping import Assignment
from tests.simulators.smartrecruiters import Simulator

SECRET = "HeBVky2bccvvkcXPimH8c"
SIGNED_AT = 1574080897.0
HEADERS = {
    "event-id": "123",
    "event-name": "application.created",
    "event-version": "v201910",
    "Link": "<http://smartrecruiters.com/endpoint>; rel=self",
    "smartrecruiters-timestamp": "1574080897",
}
SIGNATURE = "2e9291f10d44ca10204a4cd81b05d73b6a316b2b605d4e2e0e0b37b40198ce1f"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    started = Simulator(people=6, uses_oauth=True).start()
    yield started
    started.stop()


@pytest.fixture
def connector(simulator: Simulator) -> Iterator[SmartRecruitersConnector]:
    access = Access(1, 31, simulator.settings, simulator.credentials)
    with closing(SmartRecruitersConnector(access, patience=5)) as opened:
        yield opened


def test_worked_signature() -> None:
    body = b'{"job_id":"jid","candidate_id":"cid"}'
    given = HEADERS | {"smartrecruiters-signature": f"v1={'0' * 64};v1={SIGNATURE}"}

    assert hooks.signature_is_valid(body, given, SECRET, now=SIGNED_AT + 5)
    assert not hooks.signature_is_valid(body, given, SECRET, now=SIGNED_AT + 3 * 86_400)
    assert not hooks.signature_is_valid(body + b" ", given, SECRET, now=SIGNED_AT)
    assert not hooks.signature_is_valid(body, given | {"event-name": "x"}, SECRET, now=SIGNED_AT)
    assert not hooks.signature_is_valid(body, given, "", now=SIGNED_AT)


def test_new_address_is_greeted_with_its_own_word(client: Browser, workspace: Workspace) -> None:
    with workspace_scope(workspace.pk):
        made = connections.create(
            kind="smartrecruiters", name="SR", settings={}, credentials={"api_key": "k"}, by=None
        )

    answer = client.post(f"/hooks/ats/{workspace.pk}/{made.webhook_key}/", headers={"X-Hook-Secret": "abc"})

    assert (answer.status_code, answer.headers["X-Hook-Secret"]) == (200, "abc")


def test_token_that_ends_mid_walk_is_renewed(
    connector: SmartRecruitersConnector, simulator: Simulator
) -> None:
    simulator.faults.expire_after = 7

    pages = list(connector.pages(since=None, marks={}, position={}))

    assert {page.kind for page in pages} >= {"user", "requisition", "candidate", "application"}


def test_interviews_follow_once_a_webhook_told_the_id(
    connector: SmartRecruitersConnector, simulator: Simulator
) -> None:
    held = next(one for one in simulator.world.applications.values() if one.meetings)
    body, headers = simulator.webhook(held, SECRET)
    told = hooks.hint(body, headers)

    pages = list(connector.reread("application", [number for _, number in told.reread]))

    found = [row.external_id for page in pages if page.kind == "interview" for row in page.rows]
    assert found == [one.id for one in held.meetings]


def test_cv_is_attached_once(connector: SmartRecruitersConnector, simulator: Simulator) -> None:
    job = next(job for job in simulator.world.jobs.values() if job.status == "open")
    cv = File("cv.pdf", "application/pdf", b"%PDF-1.4 nobody")
    person = Person("", "Zoë", "Lindt", ("zoe@example.org",), (), (), "", "", cv)

    done = connector.push(person, job.id, "", "Shortlisted.")
    connector.push(person, job.id, done.candidate_id, "Shortlisted.")

    assert simulator.world.people[done.candidate_id].files == ["cv.pdf"]


def test_webhooks_are_set_up_once_and_switched_on(
    connector: SmartRecruitersConnector, simulator: Simulator
) -> None:
    connector.subscribe("https://crm.example/hook")
    kept = connector.subscribe("https://crm.example/hook")

    assert [hook["status"] for hook in simulator.hooks.values()] == ["active"]
    assert kept["webhook_secret"]


def test_moved_application_ends_and_says_so() -> None:
    entries = [("2026-10-03T00:00:00.000Z", "TRANSFERRED"), ("2026-10-01T00:00:00.000+0000", "NEW")]
    history = mapping.in_order([{"changedOn": at, "status": status} for at, status in entries])
    person = {"id": "c", "createdOn": "2026-10-01T00:00:00.000Z"}
    held = Assignment(person, {"job": {"id": "j"}, "status": "TRANSFERRED"}, history)

    told = mapping.rejection(held)

    assert told
    assert (told.outcome, told.reason_text, str(told.ended_at)) == (
        "withdrawn",
        mapping.MOVED,
        "2026-10-03 00:00:00+00:00",
    )
    assert [stay.name for stay in mapping.stages(held)] == ["New"]
