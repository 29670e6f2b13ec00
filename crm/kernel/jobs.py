"""The one door to the queue. The queue carries hints; rows carry the truth."""

import logging
from functools import partial
from typing import Any

from celery import Task, current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from crm.kernel.tenancy import current_workspace_id, workspace_scope

logger = logging.getLogger(__name__)


def enqueue(task: str, **ids: int) -> None:
    """Run the named task in this workspace once the transaction has committed.

    Raises celery's NotRegistered for a name nobody registered. Ids only: rows are read by the task.
    """
    job = current_app.tasks[task]
    kwargs = {"workspace_id": current_workspace_id(), **ids}
    transaction.on_commit(partial(_send, job, kwargs))


def _send(job: Any, kwargs: dict[str, int]) -> None:
    try:
        job.apply_async(kwargs=kwargs, retry=False)
    except OperationalError:
        # The row is committed and the sweepers look for rows; a broker that is away costs seconds.
        logger.warning("The broker is away; the sweeper will find the work.", extra={"task": job.name})


class WorkspaceTask(Task):  # type: ignore[type-arg]
    """A task of one workspace, run inside its scope.

    With `scoped = False` the task gets `workspace_id` and opens scopes itself: for work that calls the
    network, which must never happen inside a transaction.
    """

    abstract = True
    scoped = True

    def __call__(self, *args: Any, workspace_id: int, **ids: Any) -> Any:
        if not self.scoped:
            return super().__call__(*args, workspace_id=workspace_id, **ids)
        with workspace_scope(workspace_id):
            return super().__call__(*args, **ids)
