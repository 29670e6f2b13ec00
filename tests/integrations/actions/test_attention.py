from collections.abc import Callable

from django.core import mail
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import Event, User, Workspace
from integrations import tasks
from integrations.actions import connections
from integrations.models import Connection

TOLD = "Greenhouse no longer accepts our credentials."


def test_whoever_can_mend_it_is_told_once(
    client_as: Callable[[User], Client],
    ada: User,
    olivia: User,
    grace: User,
    workspace: Workspace,
    connection: Connection,
) -> None:
    with workspace_scope(workspace.pk):
        Connection.objects.update(created_by=grace)
        for _ in range(2):
            connections.need_attention(connection_id=connection.pk, sentence=TOLD)
        assert Event.objects.filter(kind="connection.needs_attention").count() == 1

    tasks.tell_attention(workspace_id=workspace.pk, connection_id=connection.pk)

    assert sorted(to for one in mail.outbox for to in one.to) == sorted([olivia.email, grace.email])
    assert all(TOLD in one.body and f"/connections/{connection.pk}/" in one.body for one in mail.outbox)
    assert all("enter a new key or secret" in one.body for one in mail.outbox)
    today = client_as(ada).get("/w/acme/connections/attention/").content.decode()
    assert TOLD in today
    assert "/settings/connections/" not in today
