"""The client and the walk against the simulator, without a database."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.cache import cache

from integrations.providers import registry
from integrations.providers.base import Access, Rejected, Retryable, Revoked
from integrations.providers.greenhouse import hooks, mapping
from integrations.providers.greenhouse.client import Client
from integrations.providers.greenhouse.mapping import JobParts, References
from integrations.providers.limits import SharedWindow
from tests.simulators.greenhouse import Simulator

PAYLOADS = Path(__file__).resolve().parents[3] / "integrations/providers/greenhouse/payloads"


@pytest.fixture
def access(simulator: Simulator) -> Access:
    return Access(1, 1, {"base_url": simulator.url}, simulator.credentials)


@pytest.fixture
def client(access: Access) -> Iterator[Client]:
    with closing(Client(access, lane="sync", patience=5)) as opened:
        yield opened


def test_worked_signature() -> None:
    body = (PAYLOADS / "webhook.json").read_bytes()
    good = "6b9f1a9accd0a5bfd7323070161b804ff41165994cb73a4fdd8ec2c38bf19d67"

    assert hooks.signature_is_valid(body, {"Signature": f"sha256 {good}"}, "gh-demo-secret-001")
    assert not hooks.signature_is_valid(body, {"Signature": f"sha256 {good}"}, "")
    assert not hooks.signature_is_valid(body + b" ", {"Signature": f"sha256 {good}"}, "gh-demo-secret-001")


def test_cursor_travels_alone(client: Client, simulator: Simulator) -> None:
    first = client.list("candidates", {"per_page": 25, "updated_at": "gte|2000-01-01T00:00:00Z"})
    second = client.list("candidates", {"per_page": 25}, cursor=first.cursor)

    assert len(first.rows) == len(second.rows) == 25
    assert first.rows[-1]["id"] > second.rows[0]["id"]


def test_refusal_names_the_field(client: Client) -> None:
    with pytest.raises(Rejected, match="per_page `600` number is greater than: 500"):
        client.list("candidates", {"per_page": 600})


def test_one_token_serves_every_request(client: Client, simulator: Simulator) -> None:
    for _ in range(5):
        client.list("sources")

    assert simulator.tokens.issued == 1


def test_client_id_is_not_repeated(simulator: Simulator) -> None:
    access = Access(1, 1, {"base_url": simulator.url}, {"client_id": "tell-nobody", "client_secret": "x"})

    with closing(Client(access, lane="sync", patience=5)) as client, pytest.raises(Revoked) as refusal:
        client.list("sources")

    assert "tell-nobody" not in refusal.value.sentence
    assert "tell-nobody" not in repr(access)


def test_create_that_may_have_happened_is_not_repeated(client: Client, simulator: Simulator) -> None:
    simulator.faults.fail = 1

    with pytest.raises(Retryable):
        client.create("candidate_tags", {"name": "x"})

    assert [request for request in simulator.requests if request[0] == "POST"] == [
        ("POST", "/v3/candidate_tags")
    ]


def test_refused_create_is_repeated(client: Client, simulator: Simulator) -> None:
    simulator.faults.throttle = 1

    assert client.create("candidate_tags", {"name": "x"})["name"] == "x"


def test_window_is_shared_and_leaves_room_for_pushes() -> None:
    slept: list[float] = []
    clock = [1_000.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    def window(lane: str) -> SharedWindow:
        return SharedWindow("ats:test", lane, 60, clock=lambda: clock[0], sleep=sleep)

    cache.clear()
    window("sync").learn(limit=10, remaining=10, reset=1_030)
    for _ in range(8):
        window("sync").take()
    assert slept == []
    window("push").take()
    assert slept == []
    window("sync").take()
    assert slept == [30.0]


def test_window_refuses_to_wait_for_ever() -> None:
    cache.clear()
    window = SharedWindow("ats:patience", "sync", 5, clock=lambda: 1_000.0, sleep=lambda _: None)
    window.block(20)

    with pytest.raises(Retryable) as refusal:
        window.take()

    assert refusal.value.retry_after == 20


@pytest.mark.parametrize("name", ["candidate", "application", "offer", "user"])
def test_payloads_are_mapped(name: str) -> None:
    cases = json.loads((PAYLOADS / f"{name}.json").read_text())
    refs = References(sources={4000067002: {"name": "Acme CRM"}})

    for case in cases:
        read = getattr(mapping, name)
        record = read(case["payload"], refs) if name == "application" else read(case["payload"])
        held = {field: str(getattr(record, field)) for field in case["record"]}
        assert held == case["record"]


def test_job_is_approved_when_its_last_group_was() -> None:
    job = {"id": 1, "updated_at": "2026-01-01T00:00:00Z", "name": "Engineer", "status": "closed"}
    parts = JobParts(
        openings=[{"job_id": 1, "open": False, "application_id": 5, "closed_at": "2026-03-01T00:00:00Z"}],
        flows=[{"id": 7, "job_id": 1, "approval_type": "open_job", "approval_status": "approved"}],
        groups=[
            {"approval_flow_id": 7, "resolved_at": "2026-01-02T00:00:00Z"},
            {"approval_flow_id": 7, "resolved_at": "2026-01-03T00:00:00Z"},
        ],
    )

    record = mapping.requisition(job, parts, References())

    assert str(record.approved_at) == "2026-01-03 00:00:00+00:00"
    assert (record.status, str(record.filled_at)) == ("filled", "2026-03-01 00:00:00+00:00")


def test_vendors_are_registered_by_kind() -> None:
    assert registry.vendor("greenhouse").name == "Greenhouse"
    with pytest.raises(registry.UnknownVendor):
        registry.vendor("taleo")
