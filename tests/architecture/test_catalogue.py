"""The database's own catalogue says that workspaces are isolated, and a hole in it is found."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from crm.kernel import isolation as operations
from crm.queries import isolation
from tests.environment import owner_execute

POLICY = f"({operations.POLICY})"
REFERENCE = (
    "ADD CONSTRAINT crm_note_candidate_id_fk FOREIGN KEY (workspace_id, candidate_id)"
    " REFERENCES crm_candidate (workspace_id, id) DEFERRABLE INITIALLY DEFERRED"
)

HOLES: list[tuple[str, str, str]] = [
    (
        "ALTER TABLE crm_note NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE crm_note FORCE ROW LEVEL SECURITY",
        "not forced",
    ),
    (
        "ALTER TABLE crm_note DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE crm_note ENABLE ROW LEVEL SECURITY",
        "security is off",
    ),
    (
        "CREATE POLICY another ON crm_note USING (true)",
        "DROP POLICY another ON crm_note",
        "2 policies",
    ),
    (
        "ALTER POLICY workspace ON crm_note WITH CHECK (true)",
        f"ALTER POLICY workspace ON crm_note WITH CHECK {POLICY}",
        "checks new rows by another condition",
    ),
    (
        "CREATE UNIQUE INDEX hole ON crm_note (id)",
        "DROP INDEX hole",
        "does not start with workspace_id",
    ),
    (
        "GRANT TRUNCATE ON crm_note TO rekindle_app",
        "REVOKE TRUNCATE ON crm_note FROM rekindle_app",
        "may TRUNCATE",
    ),
    (
        "CREATE TABLE hole (workspace_id bigint)",
        "DROP TABLE hole",
        "neither a workspace's table",
    ),
    (
        "CREATE VIEW hole AS SELECT * FROM crm_note",
        "DROP VIEW hole",
        "owned by postgres",
    ),
    (
        "CREATE MATERIALIZED VIEW hole AS SELECT id FROM crm_note",
        "DROP MATERIALIZED VIEW hole",
        "materialized view",
    ),
    (
        "CREATE FUNCTION hole() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
        "DROP FUNCTION hole()",
        "SECURITY DEFINER",
    ),
    (
        "GRANT CREATE ON SCHEMA public TO rekindle_app",
        "REVOKE CREATE ON SCHEMA public FROM rekindle_app",
        "CREATE on the schema",
    ),
    (
        "ALTER TABLE crm_note DROP CONSTRAINT crm_note_candidate_id_fk",
        f"ALTER TABLE crm_note {REFERENCE}",
        "candidate has no composite foreign key",
    ),
]


def test_nothing_leaks(db: None) -> None:
    assert isolation.gaps() == []


@pytest.mark.parametrize(("dig", "fill", "fault"), HOLES, ids=[fault for _, _, fault in HOLES])
def test_a_hole_is_found(transactional_db: None, dig: str, fill: str, fault: str) -> None:
    with _hole(dig, fill):
        found = [gap for gap in isolation.gaps() if fault in gap.fault]

    assert len(found) == 1
    assert isolation.gaps() == []


def test_check_isolation_prints_the_verdict(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_isolation", "--workspace", "acme", "--json")

    verdict = json.loads(capsys.readouterr().out)
    assert verdict == {"isolated": True, "tables": len(isolation.tenant_tables()), "gaps": []}


def test_check_isolation_fails_on_a_gap(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    dig, fill, _ = HOLES[0]
    with _hole(dig, fill), pytest.raises(SystemExit) as ending:
        call_command("check_isolation")

    assert ending.value.code == 1
    assert "crm_note: row-level security is not forced on the owner" in capsys.readouterr().out


def test_every_tenant_model_is_scoped_by_default() -> None:
    for model in isolation.tenant_tables().values():
        assert model._meta.default_manager is not None
        assert model._meta.default_manager.name == "objects", model
        assert model._meta.base_manager.name == "unscoped", model


@contextmanager
def _hole(dig: str, fill: str) -> Iterator[None]:
    connection.close()
    owner_execute(dig)
    try:
        yield
    finally:
        connection.close()
        owner_execute(fill)
