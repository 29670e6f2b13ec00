"""Migration operations that make a table belong to workspaces; all a migration imports of ours."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from crm.kernel.tenancy import WorkspaceForeignKey

# nullif, because an unset setting reads as '' after its first use; the sub-select makes it an InitPlan,
# evaluated once; a CASE or an OR here would scan every row.
HERE = "nullif((select current_setting('app.workspace_id', true)), '')::bigint"
POLICY = f"workspace_id = {HERE}"


class _Database(Operation):
    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        return None

    def database_backwards(self, *_: Any) -> None:
        return None


class IsolateTable(_Database):
    """Give tables the key (workspace_id, id), composite foreign keys with their indexes, and forced RLS."""

    def __init__(self, *models: str) -> None:
        self.models = models

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, _: ProjectState, to_state: ProjectState
    ) -> None:
        models = [to_state.apps.get_model(app_label, name) for name in self.models]
        for model in models:
            table = model._meta.db_table
            schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"')
            schema_editor.execute(f'ALTER TABLE "{table}" ADD PRIMARY KEY (workspace_id, id)')
            schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
            schema_editor.execute(
                f'CREATE POLICY workspace ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})'
            )
        for model in models:
            for field in model._meta.local_fields:
                if isinstance(field, WorkspaceForeignKey):
                    _link(schema_editor, model._meta.db_table, field)
        _drop_implied(schema_editor)

    def describe(self) -> str:
        return f"Isolate {', '.join(self.models)}"


class DropImplied(_Database):
    """Drop what IsolateTable no longer makes: keys and indexes that others of the same table imply."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *_: ProjectState
    ) -> None:
        _drop_implied(schema_editor)

    def describe(self) -> str:
        return "Drop keys and indexes that others imply"


class LinkWithinWorkspace(_Database):
    """Add the composite foreign key of a WorkspaceForeignKey that joined an isolated table later."""

    def __init__(self, model: str, field: str) -> None:
        self.model, self.field = model, field

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, _: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        field = model._meta.get_field(self.field)
        assert isinstance(field, WorkspaceForeignKey)
        _link(schema_editor, model._meta.db_table, field)

    def describe(self) -> str:
        return f"Link {self.model}.{self.field} within its workspace"


class AppendOnly(_Database):
    """Take UPDATE and DELETE on a table away from the application, but for the columns named."""

    def __init__(self, model: str, updatable: Sequence[str] = ()) -> None:
        self.model, self.updatable = model, tuple(updatable)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, _: ProjectState, to_state: ProjectState
    ) -> None:
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        app = settings.DATABASE_APP_ROLE
        schema_editor.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM "{app}"')
        if self.updatable:
            columns = ", ".join(f'"{column}"' for column in self.updatable)
            schema_editor.execute(f'GRANT UPDATE ({columns}) ON "{table}" TO "{app}"')

    def describe(self) -> str:
        return f"Make {self.model} append-only"


class BypassView(_Database):
    """A read-only view owned by the role that bypasses RLS, so that text search can use its indexes.

    `select` must carry its own fence, written as `{here}` (the workspace in scope); a view without it
    shows several workspaces and may only show ids and times (see "due" views).
    """

    def __init__(self, name: str, select: str, reads: Sequence[str]) -> None:
        self.name, self.select, self.reads = name, select, tuple(reads)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, _: ProjectState, to_state: ProjectState
    ) -> None:
        role, app = settings.DATABASE_SEARCH_ROLE, settings.DATABASE_APP_ROLE
        tables = ", ".join(f'"{table}"' for table in self.reads)
        schema_editor.execute(f'DROP VIEW IF EXISTS "{self.name}"')
        schema_editor.execute(f'CREATE VIEW "{self.name}" AS {self.select.replace("{here}", HERE)}')
        schema_editor.execute(f'GRANT SELECT ON {tables} TO "{role}"')
        schema_editor.execute(f'ALTER VIEW "{self.name}" OWNER TO "{role}"')
        schema_editor.execute(f'REVOKE ALL ON "{self.name}" FROM "{app}"')
        schema_editor.execute(f'GRANT SELECT ON "{self.name}" TO "{app}"')

    def describe(self) -> str:
        return f"Create view {self.name}"


def _link(schema_editor: BaseDatabaseSchemaEditor, table: str, field: WorkspaceForeignKey) -> None:
    target = field.remote_field.model._meta.db_table
    column, name = field.column, f"{table}_{field.column}"[:50]
    schema_editor.execute(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}_fk" FOREIGN KEY (workspace_id, "{column}") '
        f'REFERENCES "{target}" (workspace_id, id) DEFERRABLE INITIALLY DEFERRED'
    )
    schema_editor.execute(f'CREATE INDEX "{name}_here" ON "{table}" (workspace_id, "{column}")')


def _drop_implied(schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(Path(__file__).with_name("implied.sql").read_text(), params=None)
