from analytics.queries.freshness import freshness
from crm.models import Workspace
from integrations.models import Connection
from tests.analytics.histories import at


def test_each_connection_says_when_it_was_read(scope: Workspace) -> None:
    Connection.objects.create(
        kind="greenhouse", name="Greenhouse", state="connected", synced_at=at(1), webhook_key="a"
    )
    Connection.objects.create(kind="lever", name="Archive", state="paused", webhook_key="b")

    assert [(row.name, row.state, row.synced_at) for row in freshness()] == [
        ("Archive", "paused", None),
        ("Greenhouse", "connected", at(1)),
    ]
