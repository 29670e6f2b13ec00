"""Django's PostgreSQL backend, told that a tenant table's database key is not its `id` alone."""

from select import POLLIN, poll

from django.db import models
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.features import DatabaseFeatures as PostgresFeatures


class DatabaseFeatures(PostgresFeatures):
    def allows_group_by_selected_pks_on_model(self, model: type[models.Model]) -> bool:
        # GROUP BY id implies the other columns only where id is the primary key.
        if getattr(model, "is_workspace_owned", False):
            return False
        return bool(super().allows_group_by_selected_pks_on_model(model))


class DatabaseWrapper(PostgresWrapper):
    features_class = DatabaseFeatures

    def is_usable(self) -> bool:
        """Whether the server still holds the line: it says good-bye when it ends, so nobody needs to ask."""
        if self.connection.closed:
            return False
        line = poll()
        line.register(self.connection, POLLIN)
        return not line.poll(0)
