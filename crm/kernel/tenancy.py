"""Which workspace this code may see. The database decides; this module only tells it (docs/tenancy.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models.lookups import Exact

_current: ContextVar[int | None] = ContextVar("workspace_id", default=None)


class NoWorkspace(RuntimeError):
    """Tenant data was asked for outside any workspace_scope."""


class WorkspaceMismatch(RuntimeError):
    """A scope was opened inside the scope of another workspace."""


@contextmanager
def workspace_scope(workspace_id: int) -> Iterator[None]:
    """Open a transaction that can see this workspace and no other.

    Entering the same workspace again is free; entering another one raises WorkspaceMismatch.
    """
    current = _current.get()
    if current is not None:
        if current != workspace_id:
            raise WorkspaceMismatch(f"Scope {workspace_id} opened inside scope {current}.")
        yield
        return
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        _tell_database(str(int(workspace_id)))
        token = _current.set(int(workspace_id))
        try:
            yield
        finally:
            _current.reset(token)
        if is_nested:
            # SET LOCAL outlives a released savepoint; an enclosing transaction must not inherit it.
            _tell_database("")


def current_workspace_id() -> int:
    """The id of the workspace in scope. Raises NoWorkspace when there is none."""
    workspace_id = _current.get()
    if workspace_id is None:
        raise NoWorkspace("Open workspace_scope(id) before touching a workspace's data.")
    return workspace_id


def _tell_database(value: str) -> None:
    # SET LOCAL and not set_config(): it ends with the transaction, survives PgBouncer's transaction
    # pooling, and is what Citus propagates to its workers.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.workspace_id = %s", [value])


ModelT = TypeVar("ModelT", bound=models.Model)


class ScopedManager(models.Manager[ModelT]):
    """Only the rows of the workspace in scope; raises NoWorkspace outside one.

    The literal `workspace_id = N` is for the planner (and Citus); row-level security is what isolates.
    """

    def get_queryset(self) -> models.QuerySet[ModelT]:
        return super().get_queryset().filter(workspace_id=current_workspace_id())


class _WorkspaceField(models.ForeignKey):  # type: ignore[type-arg]
    """The tenant of a row: filled from the scope. A migration has no scope, so it never sees the default."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.ForeignKey", args, kwargs


class WorkspaceOwned(models.Model):
    """A row of one workspace: key `(workspace_id, id)`, row-level security forced (see isolation.py)."""

    is_workspace_owned = True

    workspace = _WorkspaceField(
        "crm.Workspace",
        models.CASCADE,
        default=current_workspace_id,
        related_name="+",
        db_index=False,
        editable=False,
    )

    objects = ScopedManager()
    unscoped = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "unscoped"
        default_manager_name = "objects"


class WorkspaceForeignKey(models.ForeignKey[Any, Any]):
    """A reference to a row of the same workspace.

    The database holds it by a composite key on `(workspace_id, x_id)`, which IsolateTable creates with
    its index; every join also compares the two workspaces.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        super().__init__(to, on_delete, **kwargs)

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        theirs: Any = self.remote_field.model._meta.get_field("workspace")
        ours: Any = self.model._meta.get_field("workspace")
        return Exact(theirs.get_col(alias), ours.get_col(related_alias))
