from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.tenancy import NoWorkspace, WorkspaceMismatch, current_workspace_id, workspace_scope
from crm.models import Candidate, ContactPoint, Event, SearchCandidate, Workspace
from talentpools.models import Member, Pool
from tests.factories import CandidateFactory


@pytest.fixture
def zoe(workspace: Workspace) -> Candidate:
    with workspace_scope(workspace.pk):
        return CandidateFactory.create(first_name="Zoë", last_name="Łukasiewicz")


def test_manager_outside_a_scope_raises(workspace: Workspace) -> None:
    with pytest.raises(NoWorkspace):
        Candidate.objects.count()


def test_database_outside_a_scope_returns_nothing(zoe: Candidate) -> None:
    assert Candidate.unscoped.count() == 0
    assert SearchCandidate.unscoped.count() == 0


def test_scope_of_another_workspace_sees_nothing(zoe: Candidate, rival: Workspace) -> None:
    with workspace_scope(rival.pk):
        assert Candidate.objects.count() == 0
        assert Candidate.unscoped.filter(pk=zoe.pk).count() == 0
        assert Candidate.unscoped.filter(pk=zoe.pk).update(first_name="Taken") == 0
        assert SearchCandidate.unscoped.count() == 0


def test_scope_inside_another_one_raises(workspace: Workspace, rival: Workspace) -> None:
    with workspace_scope(workspace.pk), pytest.raises(WorkspaceMismatch), workspace_scope(rival.pk):
        pass


def test_scope_inside_itself_is_free(workspace: Workspace) -> None:
    with workspace_scope(workspace.pk), workspace_scope(workspace.pk):
        assert current_workspace_id() == workspace.pk


def test_scope_ends_in_the_database_too(workspace: Workspace) -> None:
    with workspace_scope(workspace.pk):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.workspace_id', true)")
        assert cursor.fetchone()[0] == ""


def test_scope_ends_when_it_fails(zoe: Candidate, workspace: Workspace) -> None:
    with pytest.raises(ZeroDivisionError), workspace_scope(workspace.pk):
        raise ZeroDivisionError
    assert Candidate.unscoped.count() == 0
    with pytest.raises(NoWorkspace):
        current_workspace_id()


@pytest.fixture
def inside_rival(zoe: Candidate, rival: Workspace) -> Iterator[None]:
    with workspace_scope(rival.pk):
        yield


def test_foreign_key_into_another_workspace_is_refused(zoe: Candidate, inside_rival: None) -> None:
    pool = Pool.objects.create(name="Engineering")

    def plant() -> None:
        with transaction.atomic():
            Member.objects.create(pool=pool, candidate_id=zoe.pk, entered_at=timezone.now())
            connection.check_constraints()

    with pytest.raises(IntegrityError, match="foreign key"):
        plant()


def test_writing_a_row_of_another_workspace_is_refused(workspace: Workspace, inside_rival: None) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Candidate.unscoped.create(workspace_id=workspace.pk, first_name="Planted")


def test_unique_index_tells_nothing_about_another_workspace(zoe: Candidate, inside_rival: None) -> None:
    twin = CandidateFactory.create(email=zoe.email)
    ContactPoint.objects.create(
        candidate=twin, kind=ContactPoint.Kind.EMAIL, value=zoe.email, normalized=zoe.email
    )
    assert ContactPoint.objects.count() >= 1


def test_join_compares_workspaces(workspace: Workspace) -> None:
    with workspace_scope(workspace.pk):
        query = str(Member.objects.filter(candidate__first_name="Zoë").query)
    assert '"crm_candidate"."workspace_id" = ("talentpools_member"."workspace_id")' in query


@pytest.mark.parametrize(
    "statement", ["UPDATE crm_event SET kind = 'x'", "DELETE FROM crm_event", "TRUNCATE crm_note"]
)
def test_application_may_not(scope: Any, statement: str) -> None:
    events.record("note.added")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.count() == 1
