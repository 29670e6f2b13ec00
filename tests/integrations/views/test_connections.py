from collections.abc import Callable

import pytest
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import User, Workspace
from integrations.actions import connections, syncs
from integrations.models import Connection, ExternalRef, RawRecord, StageMapping, SyncRun
from tests.simulators.greenhouse import Simulator

Pull = Callable[..., SyncRun]
AS = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_first_visit_teaches(client_as: AS, grace: User) -> None:
    page = client_as(grace).get("/w/acme/settings/connections/")

    assert page.status_code == 200
    assert "Connect your applicant tracking system" in page.content.decode()


def test_wizard_connects_and_checks(
    client_as: AS, grace: User, workspace: Workspace, simulator: Simulator
) -> None:
    client = client_as(grace)
    form = {"name": "Main", "base_url": simulator.url} | simulator.credentials

    answer = client.post("/w/acme/settings/connections/new/greenhouse/", form)

    with workspace_scope(workspace.pk):
        made = Connection.objects.get()
        assert made.credentials == simulator.credentials
        assert made.settings == {"base_url": simulator.url}
        assert made.verdict == {"checking": True}
    assert answer.headers["Location"] == f"/w/acme/settings/connections/{made.pk}/"
    poll = f"/w/acme/settings/connections/{made.pk}/verdict/"
    assert client.get(poll, headers=HTMX).status_code == 200
    connections.check(workspace_id=workspace.pk, connection_id=made.pk)
    stopped = client.get(poll, headers=HTMX)
    assert stopped.status_code == 286
    assert "every right we need is there" in stopped.content.decode()


def test_missing_rights_are_named_in_words(
    client_as: AS, grace: User, workspace: Workspace, simulator: Simulator, connection: Connection
) -> None:
    simulator.faults.denied = {"offers"}
    connections.check(workspace_id=workspace.pk, connection_id=connection.pk)

    page = client_as(grace).get(f"/w/acme/settings/connections/{connection.pk}/").content.decode()

    assert "read offers (harvest:offers:list)" in page
    assert "grant what is missing in the ATS" in page
    assert "Needs attention" in page


def test_user_who_is_no_site_admin_is_named(
    workspace: Workspace, simulator: Simulator, connection: Connection
) -> None:
    recruiter = simulator.tables["users"].ids[0]
    with workspace_scope(workspace.pk):
        given = connection.settings | {"user_id": str(recruiter)}
        connections.update(connection=connection, settings=given, by=None)

    connections.check(workspace_id=workspace.pk, connection_id=connection.pk)

    with workspace_scope(workspace.pk):
        connection.refresh_from_db()
        assert "Site Admin" in connection.attention


def test_secrets_are_never_shown(
    client_as: AS, grace: User, connection: Connection, simulator: Simulator
) -> None:
    client = client_as(grace)

    for path in ("", "edit/", "stages/"):
        page = client.get(f"/w/acme/settings/connections/{connection.pk}/{path}").content.decode()
        assert simulator.tokens.client_secret not in page
        assert simulator.tokens.client_id not in page


def test_edit_without_secrets_keeps_them(
    client_as: AS, grace: User, workspace: Workspace, connection: Connection, simulator: Simulator
) -> None:
    form = {"name": "Renamed", "base_url": simulator.url}

    answer = client_as(grace).post(f"/w/acme/settings/connections/{connection.pk}/edit/", form)

    assert answer.status_code == 302
    with workspace_scope(workspace.pk):
        changed = Connection.objects.get()
        assert changed.name == "Renamed"
        assert changed.credentials["client_secret"] == simulator.tokens.client_secret


@pytest.mark.parametrize("base_url", ["javascript:alert(1)", "ftp://example.org", "not a url"])
def test_wrong_address_is_refused(client_as: AS, grace: User, workspace: Workspace, base_url: str) -> None:
    form = {"name": "Main", "client_id": "a", "client_secret": "b", "base_url": base_url}

    assert client_as(grace).post("/w/acme/settings/connections/new/greenhouse/", form).status_code == 422
    with workspace_scope(workspace.pk):
        assert Connection.objects.count() == 0


def test_plain_http_needs_private_hosts(
    client_as: AS, grace: User, workspace: Workspace, settings: object
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False  # type: ignore[attr-defined]
    form = {"name": "Main", "client_id": "a", "client_secret": "b", "base_url": "http://127.0.0.1:1"}

    assert client_as(grace).post("/w/acme/settings/connections/new/greenhouse/", form).status_code == 422


def test_sync_shows_progress_and_stops_polling(
    client_as: AS, grace: User, workspace: Workspace, connection: Connection, pull: Pull
) -> None:
    client = client_as(grace)
    started = client.post(f"/w/acme/settings/connections/{connection.pk}/syncs/", {"mode": "full"})
    assert started.status_code == 302
    with workspace_scope(workspace.pk):
        run = SyncRun.objects.get()
    poll = f"/w/acme/settings/syncs/{run.pk}/?poll=1"
    assert client.get(poll, headers=HTMX).status_code == 200
    assert client.post(f"/w/acme/settings/connections/{connection.pk}/syncs/").status_code == 409

    pull(run=run)

    assert client.get(poll, headers=HTMX).status_code == 286
    page = client.get(f"/w/acme/settings/syncs/{run.pk}/").content.decode()
    assert "Skipped, and why" in page
    assert "Candidates" in page
    overview = client.get(f"/w/acme/settings/connections/{connection.pk}/").content.decode()
    assert "60 candidates" in overview
    assert "not mapped" in overview


def test_run_can_be_stopped_and_gone_on_with(
    client_as: AS, grace: User, workspace: Workspace, connection: Connection, pull: Pull
) -> None:
    client = client_as(grace)
    with workspace_scope(workspace.pk):
        run = syncs.start(connection=connection, mode="full")
    client.post(f"/w/acme/settings/syncs/{run.pk}/stop/")
    assert pull(run=run).state == "stopped"

    client.post(f"/w/acme/settings/syncs/{run.pk}/retry/")

    assert pull(run=run).state == "finished"


def test_stage_is_mapped_and_history_follows(
    client_as: AS, grace: User, workspace: Workspace, connection: Connection, pull: Pull
) -> None:
    pull()
    with workspace_scope(workspace.pk):
        mapping = StageMapping.objects.get(vendor_stage="Founder Coffee")
        form = {f"stage-{row.pk}": row.stage for row in StageMapping.objects.all()}
    form[f"stage-{mapping.pk}"] = "interview"

    answer = client_as(grace).post(f"/w/acme/settings/connections/{connection.pk}/stages/", form)

    assert answer.status_code == 302
    with workspace_scope(workspace.pk):
        mapping.refresh_from_db()
        assert (mapping.stage, mapping.is_default) == ("interview", False)
        from crm.models import StageEntry

        told = set(StageEntry.objects.filter(vendor_stage="Founder Coffee").values_list("stage", flat=True))
        assert told == {"interview"}


def test_paused_connection_does_not_sync(
    client_as: AS, grace: User, workspace: Workspace, connection: Connection
) -> None:
    client = client_as(grace)
    client.post(f"/w/acme/settings/connections/{connection.pk}/pause/")

    assert client.post(f"/w/acme/settings/connections/{connection.pk}/syncs/").status_code == 409
    client.post(f"/w/acme/settings/connections/{connection.pk}/pause/")
    assert client.post(f"/w/acme/settings/connections/{connection.pk}/syncs/").status_code == 302


def test_removed_connection_leaves_people(
    client_as: AS, grace: User, workspace: Workspace, connection: Connection, pull: Pull
) -> None:
    from crm.models import Candidate

    pull()
    client_as(grace).post(f"/w/acme/settings/connections/{connection.pk}/removal/")

    with workspace_scope(workspace.pk):
        assert Connection.objects.count() == 0
        assert Candidate.objects.count() == 60


def test_only_admins_of_the_workspace(
    client_as: AS, ada: User, mallory: User, connection: Connection
) -> None:
    for path in (
        "",
        f"{connection.pk}/",
        f"{connection.pk}/edit/",
        f"{connection.pk}/stages/",
        "new/greenhouse/",
    ):
        url = f"/w/acme/settings/connections/{path}"
        assert client_as(ada).get(url).status_code == 403
        assert client_as(mallory).get(url).status_code == 404


def test_unknown_vendor_is_not_found(client_as: AS, grace: User) -> None:
    assert client_as(grace).get("/w/acme/settings/connections/new/taleo/").status_code == 404


def test_disconnected_forgets_how_to_sign_in_and_keeps_what_was_read(
    client_as: AS, grace: User, workspace: Workspace, connection: Connection, simulator: Simulator, pull: Pull
) -> None:
    pull()
    client, page = client_as(grace), f"/w/acme/settings/connections/{connection.pk}/"
    assert "Also delete the" in client.get(f"{page}removal/").content.decode()

    client.post(f"{page}disconnection/", {"payloads": "1"})

    with workspace_scope(workspace.pk):
        connection.refresh_from_db()
        assert (connection.credentials, connection.state) == (None, "paused")
        assert not RawRecord.objects.exists()
        assert ExternalRef.objects.filter(kind="candidate").count() == 60
    assert "Disconnected on" in client.get(page).content.decode()
    assert client.post(f"{page}pause/").status_code == 400
    form = {"name": connection.name, "base_url": simulator.url}
    assert client.post(f"{page}edit/", form).status_code == 422
    client.post(f"{page}edit/", form | simulator.credentials)
    client.post(f"{page}pause/")
    with workspace_scope(workspace.pk):
        connection.refresh_from_db()
    assert pull("incremental").state == "finished"
