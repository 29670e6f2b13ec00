"""What only Lever has: its signature, rotating refresh tokens, requisitions behind postings."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest
from django.core.cache import cache

from integrations.providers.base import Access, Revoked
from integrations.providers.lever import hooks, postings
from integrations.providers.lever.client import Client
from integrations.providers.lever.connector import LeverConnector
from integrations.providers.lever.mapping import References
from integrations.providers.rows import Skipped
from tests.simulators.lever import Simulator

TOKEN = "81a3c05f7d2e4b6890fe13a25c7d9b0416e8f2a3c5d7b901"
SIGNED_AT = 1795442591.0


class Drawer:
    """A vault for one connection."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self.held = dict(credentials)

    def read(self) -> Mapping[str, str]:
        return self.held

    def keep(self, changed: Mapping[str, str]) -> None:
        self.held |= changed


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    started = Simulator(people=4, uses_oauth=True).start()
    yield started
    started.stop()


def test_worked_signature() -> None:
    body = {
        "token": "f3c1a9d27be04485a6c2109e7d5b83f46a0e91c7b25d4f38",
        "triggeredAt": 1795442591000,
        "signature": "6473782cdb4d0cd10df32d23f3c958c6034a66b2cb21dc0fa2bab6170b9bd430",
    }
    raw = json.dumps(body).encode()

    assert hooks.signature_is_valid(raw, f"another {TOKEN}", now=SIGNED_AT + 60)
    assert not hooks.signature_is_valid(raw, TOKEN, now=SIGNED_AT + 2 * 86_400)
    assert not hooks.signature_is_valid(raw, "another", now=SIGNED_AT)
    backwards = json.dumps(body | {"triggeredAt": 1795442591001}).encode()
    assert not hooks.signature_is_valid(backwards, TOKEN, now=SIGNED_AT)


def test_refresh_token_is_kept_before_it_is_used_again(simulator: Simulator) -> None:
    drawer = Drawer(simulator.credentials)
    access = Access(1, 7, simulator.settings, simulator.credentials, drawer)
    cache.clear()

    for _ in range(3):
        with closing(Client(access, lane="sync", patience=5)) as client:
            client.list("stages")
        simulator.expire()  # the stale credentials of `access` would be refused from here on

    assert drawer.held["refresh_token"] == simulator.refresh_token
    with closing(Client(access, lane="sync", patience=5)) as client:
        simulator.refresh_token = "ended"
        with pytest.raises(Revoked):
            client.list("stages")


def test_access_token_rests_encrypted(simulator: Simulator) -> None:
    access = Access(1, 8, simulator.settings, simulator.credentials, Drawer(simulator.credentials))
    cache.clear()

    with closing(Client(access, lane="sync", patience=5)) as client:
        client.list("stages")
        kept = cache.get(client.tokens.key)

    assert not any(token in kept for token in simulator.tokens)


def test_webhooks_are_set_up_once(simulator: Simulator) -> None:
    access = Access(1, 9, simulator.settings, simulator.credentials, Drawer(simulator.credentials))

    with closing(LeverConnector(access)) as connector:
        connector.subscribe("https://crm.example/hook")
        kept = connector.subscribe("https://crm.example/hook")

    assert len(simulator.hooks) == len(hooks.EVENTS)
    assert len(kept["webhook_secret"].split()) == len(hooks.EVENTS)


def test_requisition_behind_the_posting_has_the_word() -> None:
    posting = {"id": "p", "text": "Engineer", "state": "closed", "createdAt": 1_000, "updatedAt": 9_000}
    behind = {"id": "r", "status": "onHold", "requisitionCode": "ENG-1", "headcountTotal": "unlimited"}
    approval = {"approval": {"status": "approved", "approvedAt": 2_000}}

    told = postings.requisition(posting, References(requisitions={"p": behind | approval}))

    assert (told.status, told.code, told.openings, told.closed_at) == ("on_hold", "ENG-1", 1, None)
    assert told.opened_at == told.approved_at
    with pytest.raises(Skipped):
        postings.requisition(posting | {"state": "draft"}, References())
