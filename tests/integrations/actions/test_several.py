"""Two ATSs in one workspace: the same people, and each its own requisitions, stages and freshness."""

from collections.abc import Iterator

import pytest

from crm.kernel.tenancy import workspace_scope
from crm.models import Application, Candidate, Requisition, StageEntry, Workspace
from integrations.actions import connections
from integrations.models import ExternalRef, StageMapping
from tests.integrations.conformance.accounts import Account, connected, started

PEOPLE = 6


@pytest.fixture
def both(workspace: Workspace) -> Iterator[tuple[Account, Account]]:
    """Companies that differ in everything but the addresses of the people who applied to them."""
    lever, ashby = started("lever", people=PEOPLE), started("ashby", people=PEOPLE, seed=8)
    yield connected(workspace, lever), connected(workspace, ashby)
    lever.stop()
    ashby.stop()


def test_two_accounts_share_people_and_nothing_else(
    workspace: Workspace, both: tuple[Account, Account]
) -> None:
    lever, ashby = both
    for account in both:
        assert account.pull().state == "finished"

    with workspace_scope(workspace.pk):
        assert Candidate.objects.count() == PEOPLE
        assert ExternalRef.objects.filter(kind="candidate").count() == 2 * PEOPLE
        assert Application.objects.count() == 4 * PEOPLE
        told = Requisition.objects.order_by().values_list("read_from", flat=True)
        assert sorted(set(told)) == ["Ashby", "Lever"]
        assert len(told) == len(lever.simulator.world.jobs) + len(ashby.simulator.world.jobs)

    _stages_are_each_accounts_own(lever, ashby)
    _each_is_as_fresh_as_its_last_run(lever)
    _name_follows_the_connection(ashby)


def _stages_are_each_accounts_own(lever: Account, ashby: Account) -> None:
    name = "Phone Screen"
    with workspace_scope(lever.workspace.pk):
        theirs = StageMapping.objects.get(connection=ashby.connection, vendor_stage=name)
        connections.map_stages(chosen=[(theirs, "final_interview")], by=None)

        def found(account: Account) -> set[str]:
            refs = ExternalRef.objects.filter(connection=account.connection, kind="stage").values("object_id")
            entries = StageEntry.objects.filter(pk__in=refs, vendor_stage=name)
            return set(entries.values_list("stage", flat=True))

        assert (found(lever), found(ashby)) == ({"screening"}, {"final_interview"})


def _each_is_as_fresh_as_its_last_run(lever: Account) -> None:
    with workspace_scope(lever.workspace.pk):
        before = dict(Requisition.objects.values_list("pk", "read_at"))
        names = dict(Requisition.objects.values_list("pk", "read_from"))
    lever.pull()
    with workspace_scope(lever.workspace.pk):
        after = dict(Requisition.objects.values_list("pk", "read_at"))
        moved = {names[pk] for pk, at in after.items() if at != before[pk]}
        assert moved == {"Lever"}


def _name_follows_the_connection(ashby: Account) -> None:
    with workspace_scope(ashby.workspace.pk):
        ashby.connection.refresh_from_db()
        connections.update(connection=ashby.connection, name="Ashby Berlin", by=None)
        assert set(Requisition.objects.values_list("read_from", flat=True)) == {"Ashby Berlin", "Lever"}
        connections.remove(connection=ashby.connection, by=None)
        assert set(Requisition.objects.values_list("read_from", flat=True)) == {"", "Lever"}
        assert Candidate.objects.count() == PEOPLE
