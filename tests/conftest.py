"""Personas, the workspace, the scope, a client, a clock, the on-commit runner."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from pytest_django import DjangoCaptureOnCommitCallbacks, DjangoDbBlocker

from crm.celery import celery_app
from crm.kernel import tenancy
from crm.models import Role, User, Workspace
from tests.environment import copy_template
from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory
from tests.network import only_loopback
from tests.product import Product, run_product
from tests.truncation import empty_written_tables, remember_seeded_tables

NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)  # a Monday


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    copy_template()
    remember_seeded_tables()
    # Django would find this out by creating a table, which the application's role may not.
    connection.features.supports_transactions = True
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(autouse=True, scope="session")
def _truncation_as_owner() -> Iterator[None]:
    """The application's role has no TRUNCATE, so Django's own flush cannot work."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: empty_written_tables())
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    with only_loopback():
        yield


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


# --- personas -----------------------------------------------------------------------------------


@pytest.fixture
def workspace(db: None) -> Workspace:
    return WorkspaceFactory.create(name="Acme", slug="acme")


@pytest.fixture
def rival(db: None) -> Workspace:
    return WorkspaceFactory.create(name="Rival", slug="rival")


@pytest.fixture
def ada(workspace: Workspace) -> User:
    return _member(workspace, "Ada", Role.RECRUITER)


@pytest.fixture
def grace(workspace: Workspace) -> User:
    return _member(workspace, "Grace", Role.ADMIN)


@pytest.fixture
def olivia(workspace: Workspace) -> User:
    return _member(workspace, "Olivia", Role.OWNER)


@pytest.fixture
def harry(workspace: Workspace) -> User:
    return _member(workspace, "Harry", Role.HIRING_MANAGER)


@pytest.fixture
def ana(workspace: Workspace) -> User:
    return _member(workspace, "Ana", Role.ANALYST)


@pytest.fixture
def mallory(rival: Workspace) -> User:
    return _member(rival, "Mallory", Role.OWNER)


def _member(workspace: Workspace, name: str, role: Role) -> User:
    user = UserFactory.create(name=name, email=f"{name.lower()}@{workspace.slug}.example")
    MembershipFactory.create(workspace=workspace, user=user, role=role)
    return user


# --- scope and requests -------------------------------------------------------------------------


@pytest.fixture
def scope(workspace: Workspace) -> Iterator[Workspace]:
    """The test itself runs inside Acme; its requests do not (see ScopelessClient)."""
    with tenancy.workspace_scope(workspace.pk):
        yield workspace


class ScopelessClient(Client):
    """A request starts without a workspace, even when the test around it stands in one."""

    def request(self, **request: Any) -> Any:
        with outside_scope():
            return super().request(**request)


@contextmanager
def outside_scope() -> Iterator[None]:
    held = tenancy._current.get()
    if held is None:
        yield
        return
    token = tenancy._current.set(None)
    tenancy._tell_database("")
    try:
        yield
    finally:
        tenancy._current.reset(token)
        if not connection.needs_rollback:
            tenancy._tell_database(str(held))


@pytest.fixture
def client() -> Client:
    return ScopelessClient()


@pytest.fixture
def client_as() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        client = ScopelessClient()
        client.force_login(user)
        return client

    return signed_in


# --- time and work ------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Monday 2026-06-15, 09:00 UTC, standing still; `clock.shift(…)` and `clock.move_to(…)` move it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def on_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Callable[[], AbstractContextManager[None]]:
    """`with on_commit(): …` runs what the block does, then its tasks, in this process."""

    @contextmanager
    def run() -> Iterator[None]:
        celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                yield
        finally:
            celery_app.conf.update(task_always_eager=False, task_eager_propagates=False)

    return run


@pytest.fixture
def running_product(transactional_db: None, request: pytest.FixtureRequest) -> Iterator[Product]:
    """Web, worker, beat, mail sink and ATS simulator as processes of their own on this test's database.

    `@pytest.mark.parametrize("running_product", [{…}], indirect=True)` sets variables of their environment.
    """
    with run_product(secret_key=settings.SECRET_KEY, settings=getattr(request, "param", None)) as product:
        yield product


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "running_product" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("product"))
