from collections.abc import Callable

from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import User, Workspace
from integrations.models import Connection, FieldMapping, SyncRun
from tests.simulators.greenhouse import Simulator

AS = Callable[[User], Client]
Pull = Callable[..., SyncRun]
SKILLS = "candidate:told.custom_fields.spoken"


def test_page_shows_defaults_suggestions_and_real_values(
    client_as: AS, grace: User, workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull
) -> None:
    table = simulator.tables["candidates"]
    for row in list(table.rows.values()):
        spoken = {"name": "Languages", "type": "text", "value": "German, English"}
        table.change(row["id"], at=simulator.now(), custom_fields=row["custom_fields"] | {"spoken": spoken})
    client, address = client_as(grace), f"/w/acme/settings/connections/{connection.pk}/fields/"
    assert "Nothing read yet" in client.get(address).content.decode()
    pull()

    page = client.get(address).content.decode()

    assert "by its name; save to use it" in page
    assert "German, English" in page
    assert "in 60 of 60" in page
    wrong = {"key": [SKILLS], "target": ["years_experience"]}
    preview = client.post(f"{address}preview/", wrong, headers={"HX-Request": "true"})
    assert "60 of 60 do not fit. “German, English” is not a number." in preview.content.decode()
    assert "<html" not in preview.content.decode()
    saved = client.post(address, {"key": [SKILLS], "target": ["languages"]})
    with workspace_scope(workspace.pk):
        run = SyncRun.objects.get(mode="remap")
        assert FieldMapping.objects.get().target == "languages"
    assert saved.headers["Location"] == f"/w/acme/settings/syncs/{run.pk}/"
    receipt = pull(run=run)
    assert receipt.counts["candidate"]["changed"] == 60
    assert "Fields mapped again" in client.get(saved.headers["Location"]).content.decode()


def test_double_target_is_named_at_its_field(
    client_as: AS, grace: User, connection: Connection, pull: Pull
) -> None:
    pull()
    given = {"key": ["candidate:said.city", "candidate:said.region"], "target": ["city", "city"]}

    answer = client_as(grace).post(f"/w/acme/settings/connections/{connection.pk}/fields/", given)

    assert answer.status_code == 422
    assert "“Address: city” fills this already" in answer.content.decode()


def test_recruiter_may_not_map(client_as: AS, ada: User, connection: Connection) -> None:
    assert client_as(ada).get(f"/w/acme/settings/connections/{connection.pk}/fields/").status_code == 403
