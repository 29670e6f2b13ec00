"""Behind PgBouncer in transaction mode, clients that share one server connection still see only their own."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, connections

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Workspace
from tests.architecture import pgbouncer
from tests.factories import CandidateFactory

ROUNDS = 40

pytestmark = pytest.mark.skipif(pgbouncer.PROGRAM is None, reason="pgbouncer is not installed")


@pytest.fixture
def _pooled(transactional_db: None) -> Iterator[None]:
    database = connections.settings["default"]
    direct = database["PORT"]
    with pgbouncer.pooled(connection.settings_dict) as port:
        connection.close()
        database["PORT"] = connection.settings_dict["PORT"] = port
        try:
            yield
        finally:
            connection.close()
            database["PORT"] = connection.settings_dict["PORT"] = direct


@pytest.mark.usefixtures("_pooled")
def test_clients_that_share_a_server_connection_see_their_own_workspace_only(
    workspace: Workspace, rival: Workspace
) -> None:
    for owner in (workspace, rival):
        with workspace_scope(owner.pk):
            CandidateFactory.create_batch(3)
    seen: dict[int, set[int]] = {workspace.pk: set(), rival.pk: set()}
    servers: set[int] = set()

    def read(workspace_id: int) -> None:
        for _ in range(ROUNDS):
            with workspace_scope(workspace_id):
                seen[workspace_id].update(Candidate.unscoped.values_list("workspace_id", flat=True))
                servers.add(_server())
        connection.close()

    clients = [threading.Thread(target=read, args=(pk,)) for pk in seen for _ in range(2)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    assert seen == {workspace.pk: {workspace.pk}, rival.pk: {rival.pk}}
    assert len(servers) == 1  # it really was shared
    assert Candidate.unscoped.count() == 0  # nothing of the last scope stayed behind


def _server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
