"""A worker that is killed in the middle of a file: a process of its own, and SIGKILL."""

import os
import signal
from typing import Any

import pytest
from django.db import connections

from crm.actions import imports
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, ImportRow, ImportRun
from tests.factories import WorkspaceFactory

pytestmark = pytest.mark.django_db(transaction=True)
LINES = [f"p{n}@example.com,City {n}" for n in range(9)] + ["nope,Rome", "P1@example.com,City 1"]
FILE = ("Email,City\n" + "\n".join(LINES) + "\n").encode()


def killed(*, workspace_id: int, run_id: int, after: int) -> None:
    """A worker that writes so many batches and dies inside the transaction of the next."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        store, written = imports._Reading._store, iter(range(after))

        def dying(self: Any, *batch: Any) -> None:
            store(self, *batch)
            if next(written, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        pytest.MonkeyPatch().setattr(imports._Reading, "_store", dying)
        imports.carry_on(workspace_id=workspace_id, run_id=run_id)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == -signal.SIGKILL


def test_killed_again_and_again_every_line_has_one_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    acme = WorkspaceFactory.create(slug="acme")
    for expected in ((9, 0, 1, 1), (0, 0, 10, 1)):
        with workspace_scope(acme.pk):
            run = imports.upload(file_name="people.csv", content=FILE)
            imports.start(run=run, mapping=run.mapping, in_background=False)
        for after in (0, 1, 2):
            killed(workspace_id=acme.pk, run_id=run.pk, after=after)
        assert imports.carry_on(workspace_id=acme.pk, run_id=run.pk)
        with workspace_scope(acme.pk):
            done = ImportRun.objects.get(pk=run.pk)
            counts = (done.rows_created, done.rows_updated, done.rows_unchanged, done.rows_refused)
            assert (done.state, counts, Candidate.objects.count()) == ("finished", expected, 9)
            lines = ImportRow.objects.filter(run=run).order_by("line").values_list("line", flat=True)
            assert list(lines) == list(range(2, 13))
