from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm.policies.reachability import SENTENCES, ContactFacts, consent_state, reasons

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
OK: dict[str, Any] = {"email_state": "ok", "consent": "granted"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"email_state": "none"}, ["no_address"]),
        ({"email_state": "bounced"}, ["suppressed"]),
        ({"email_state": "suppressed"}, ["suppressed"]),
        ({"unsubscribed_at": NOW}, ["unsubscribed"]),
        ({"consent": "none"}, ["no_basis"]),
        ({"consent": "pending"}, ["no_basis"]),
        ({"consent": "withdrawn"}, ["no_basis"]),
        ({"consent_expires_at": NOW}, ["no_basis"]),
        ({"consent_expires_at": NOW + timedelta(seconds=1)}, []),
        ({"is_do_not_contact": True}, ["do_not_contact"]),
        ({"in_process": True}, ["in_process"]),
        ({"email_state": "none", "consent": "none"}, ["no_address", "no_basis"]),
    ],
)
def test_reasons(facts: dict[str, Any], expected: list[str]) -> None:
    found = reasons(ContactFacts(**OK | facts), now=NOW, ignore_process=False)
    assert found == expected
    assert all(SENTENCES[reason] for reason in found)


def test_a_running_application_counts_only_when_asked() -> None:
    assert reasons(ContactFacts(**OK, in_process=True), now=NOW) == []


@pytest.mark.parametrize(("ends", "state"), [(NOW, "expired"), (None, "granted")])
def test_a_consent_expires_by_itself(ends: datetime | None, state: str) -> None:
    assert consent_state("granted", ends, now=NOW) == state
