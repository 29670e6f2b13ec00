"""What every other test relies on: the role it connects as, the clean start, the closed network."""

import socket

import pytest
from django.db import DatabaseError, connection, transaction

from crm.kernel.tenancy import NoWorkspace, workspace_scope
from crm.models import Candidate, Workspace
from tests.factories import CandidateFactory
from tests.network import NetworkUsed


def test_tests_connect_as_the_application(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("rekindle_app", False, False)


def test_a_workspace_sees_its_own_people_only(workspace: Workspace, rival: Workspace) -> None:
    with workspace_scope(workspace.pk):
        CandidateFactory.create()
    with workspace_scope(rival.pk):
        assert Candidate.objects.count() == 0
        assert Candidate.unscoped.count() == 0
    with pytest.raises(NoWorkspace):
        Candidate.objects.count()
    assert Candidate.unscoped.count() == 0


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_committed_rows_are_gone_in_the_next_test(transactional_db: None, attempt: str) -> None:
    assert Workspace.objects.count() == 0
    Workspace.objects.create(name="Left behind", slug="left-behind")


def test_the_application_may_not_truncate(db: None) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("TRUNCATE crm_candidate CASCADE")


def test_leaving_the_machine_is_refused() -> None:
    with pytest.raises(NetworkUsed):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("people.example", 80)
