"""Mallory, owner of another workspace, tries every address with objects of Acme that exist.

Each try is made twice: as the code stands, and with the manager's filter removed, so that only the database
is left to refuse.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, models, transaction
from django.test import Client

from crm.actions import api_keys
from crm.kernel.tenancy import ScopedManager, workspace_scope
from crm.models import Role, User, Workspace
from crm.queries import isolation
from tests.architecture.addresses import Address, addresses, rows
from tests.factories import CandidateFactory
from tests.factories.rows import any_row

NOWHERE = 9_000_000_000
PAGES = addresses("w/<slug:workspace>/")
ENDPOINTS = addresses("api/v1/")
PAGE_METHODS = ("get", "post", "delete")
# What an address asks for before it looks anything up.
BODIES: dict[str, dict[str, Any]] = {
    "api/v1/candidates/<int:candidate_id>/merge": {"other": NOWHERE},
}
API_METHODS = ("get", "post", "patch", "put", "delete")


@pytest.fixture(params=["as it stands", "without the manager's filter"])
def managers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param != "as it stands":
        monkeypatch.setattr(ScopedManager, "get_queryset", models.Manager.get_queryset)
    return str(request.param)


@pytest.fixture
def program(rival: Workspace, mallory: User, client: Client) -> Client:
    """Mallory's program, with a key that may do everything in her own workspace."""
    with workspace_scope(rival.pk):
        key = api_keys.create(name="Mallory's", role=Role.OWNER, by=mallory)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key.text}"
    return client


def test_an_outsider_finds_no_page_of_the_workspace(
    workspace: Workspace, mallory: User, client_as: Callable[[User], Client], subtests: pytest.Subtests
) -> None:
    client = client_as(mallory)

    for page in PAGES:
        with subtests.test(page.route), undone():
            path = page.path(workspace=workspace.slug, rows=_acme_rows(page, workspace))
            assert {
                method: getattr(client, method)(path).status_code for method in PAGE_METHODS
            } == dict.fromkeys(PAGE_METHODS, 404)


@pytest.mark.usefixtures("managers")
def test_a_page_of_ones_own_shows_nothing_of_another_workspace(
    workspace: Workspace,
    rival: Workspace,
    mallory: User,
    client_as: Callable[[User], Client],
    subtests: pytest.Subtests,
) -> None:
    client = client_as(mallory)

    for page in (page for page in PAGES if page.names):
        with subtests.test(page.route), undone():
            theirs = page.path(workspace=rival.slug, rows=_acme_rows(page, workspace))
            nowhere = page.path(workspace=rival.slug, rows=dict.fromkeys(page.names, NOWHERE))
            _expect_refusal(client, theirs, nowhere, PAGE_METHODS)


@pytest.mark.usefixtures("managers")
def test_the_api_finds_no_object_of_another_workspace(
    workspace: Workspace, program: Client, subtests: pytest.Subtests
) -> None:
    for endpoint in (endpoint for endpoint in ENDPOINTS if endpoint.names):
        with subtests.test(endpoint.route), undone():
            theirs = endpoint.path(workspace="", rows=_acme_rows(endpoint, workspace))
            nowhere = endpoint.path(workspace="", rows=dict.fromkeys(endpoint.names, NOWHERE))
            _expect_refusal(program, theirs, nowhere, API_METHODS, body=BODIES.get(endpoint.route, {}))


@pytest.mark.usefixtures("managers")
def test_the_api_lists_nothing_of_another_workspace(
    workspace: Workspace, program: Client, subtests: pytest.Subtests
) -> None:
    with workspace_scope(workspace.pk):
        CandidateFactory.create(first_name="Zebulon", last_name="Ofacme", email="zebulon@ofacme.example")

    for endpoint in (endpoint for endpoint in ENDPOINTS if not endpoint.names):
        with subtests.test(endpoint.route), undone():
            response = program.get(endpoint.path(workspace="", rows={}))
            assert response.status_code < 500
            assert b"ofacme" not in b"".join(response).lower()


@pytest.mark.parametrize("table", sorted(isolation.tenant_tables()))
def test_without_the_filter_the_database_still_keeps_every_table_apart(
    table: str, workspace: Workspace, rival: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = isolation.tenant_tables()[table]
    with workspace_scope(workspace.pk):
        row = any_row(model)
    monkeypatch.setattr(ScopedManager, "get_queryset", models.Manager.get_queryset)

    with workspace_scope(rival.pk):
        assert model.objects.filter(pk=row.pk).count() == 0
        assert model.unscoped.filter(pk=row.pk).count() == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            _insert_into(model, workspace)
    with workspace_scope(workspace.pk):
        assert model.unscoped.filter(pk=row.pk).count() == 1


@contextmanager
def undone() -> Iterator[None]:
    """What one address did is gone before the next is tried: all share the people and the workspaces."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _insert_into(model: Any, workspace: Workspace) -> None:
    """A row of Acme, written from the rival's scope."""
    copy = any_row(model)
    copy.pk, copy._state.adding = None, True
    copy.workspace_id = workspace.pk  # type: ignore[attr-defined]
    copy.save(force_insert=True)


def _acme_rows(address: Address, workspace: Workspace) -> dict[str, int]:
    with workspace_scope(workspace.pk):
        return rows(address, workspace)


def _expect_refusal(
    client: Client, theirs: str, nowhere: str, methods: tuple[str, ...], *, body: dict[str, Any] | None = None
) -> None:
    """404 (or a method that is not there); input refused before the look-up must not tell the two apart."""
    statuses = set()
    for method in methods:
        answer = _call(client, method, theirs, body)
        statuses.add(answer.status_code)
        if answer.status_code not in (404, 405):
            blank = _call(client, method, nowhere, body)
            assert answer.status_code in (400, 422), f"{method} {theirs}: {answer.status_code}"
            assert (answer.status_code, answer.content) == (blank.status_code, blank.content)
    assert 404 in statuses


def _call(client: Client, method: str, path: str, body: dict[str, Any] | None) -> Any:
    if method == "get":
        return client.get(path)
    content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(client, method)(path, **content)
