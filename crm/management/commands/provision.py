"""Prepare the database and its roles; needs the owner's connection (DATABASE_URL)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from psycopg2 import errors, sql
from psycopg2.extensions import encrypt_password

EXTENSIONS = ("unaccent", "pg_trgm", "btree_gin", "btree_gist")


@dataclass(frozen=True, slots=True)
class Step:
    """A statement, and the question whether it is still needed."""

    statement: sql.Composed
    is_done: str
    parameters: tuple[str, ...] = ()


class Command(BaseCommand):
    help = "Create the database, its extensions and roles. Running it twice is running it once."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self._create_database()
        with connection.cursor() as cursor:
            refused = [
                step.statement.as_string(cursor.connection) for step in _steps() if not _take(cursor, step)
            ]
            if not self._give_password(cursor):
                role = settings.DATABASE_APP_ROLE
                refused.append(f"ALTER ROLE \"{role}\" PASSWORD '<the value of DATABASE_APP_PASSWORD>'")
        if refused:
            script = ";\n".join(refused)
            raise CommandError(f"The owner may not do this. A database administrator must run\n\n{script};")

    def _create_database(self) -> None:
        """`connection` cannot be used for a database that does not exist yet."""
        try:
            connection.ensure_connection()
        except Exception as failure:
            if "does not exist" not in str(failure):  # libpq gives no SQLSTATE for a refused connection
                raise CommandError(str(failure)) from failure
        else:
            return
        parameters = connection.get_connection_params() | {"dbname": "postgres"}
        for ours in ("cursor_factory", "context", "prepare_threshold"):
            parameters.pop(ours, None)
        server = psycopg2.connect(**parameters)
        server.autocommit = True
        with server.cursor() as cursor:
            name = sql.Identifier(connection.settings_dict["NAME"])
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name))
        server.close()

    def _give_password(self, cursor: Any) -> bool:
        """False when the application cannot sign in and we may not change that."""
        role, password = settings.DATABASE_APP_ROLE, settings.DATABASE_APP_PASSWORD
        if _can_sign_in(role, password):
            return True
        secret = encrypt_password(password, role, cursor.connection, "scram-sha-256")
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(secret))
        return _execute(cursor, statement)


def _steps() -> Iterator[Step]:
    for extension in EXTENSIONS:
        yield Step(
            _sql("CREATE EXTENSION {}", extension),
            "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = %s)",
            (extension,),
        )
    app, search = settings.DATABASE_APP_ROLE, settings.DATABASE_SEARCH_ROLE
    exists = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s AND {})"
    bound = "NOT rolsuper AND NOT rolbypassrls AND NOT rolcreatedb AND NOT rolcreaterole"
    is_role = exists.format("true")
    yield Step(_sql("CREATE ROLE {} LOGIN", app), is_role, (app,))
    yield Step(
        _sql("ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE", app),
        exists.format(f"rolcanlogin AND {bound}"),
        (app,),
    )
    yield Step(_sql("CREATE ROLE {} NOLOGIN BYPASSRLS", search), is_role, (search,))
    # ALTER VIEW … OWNER TO asks both of an owner who is no superuser.
    yield Step(_sql("GRANT {} TO CURRENT_USER", search), "SELECT pg_has_role(%s, 'MEMBER')", (search,))
    yield from _schema_steps(app=app, search=search)


def _schema_steps(*, app: str, search: str) -> Iterator[Step]:
    may = "SELECT has_schema_privilege(%s, 'public', '{}')"
    yield Step(
        _sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
        "SELECT NOT EXISTS (SELECT FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'public'"
        " AND grantee = 0 AND privilege_type = 'CREATE')",
    )
    yield Step(_sql("GRANT USAGE ON SCHEMA public TO {}", app), may.format("USAGE"), (app,))
    yield Step(_sql("GRANT USAGE, CREATE ON SCHEMA public TO {}", search), may.format("CREATE"), (search,))
    # New tables and sequences open for the application as migrations make them; TRUNCATE is never given.
    given = (
        "SELECT EXISTS (SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a WHERE d.defaclobjtype = '{}'"
        " AND d.defaclrole = current_user::regrole AND a.grantee = %s::regrole)"
    )
    default = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {} TO {{}}"
    tables = default.format("SELECT, INSERT, UPDATE, DELETE ON TABLES")
    yield Step(_sql(tables, app), given.format("r"), (app,))
    yield Step(_sql(default.format("USAGE, SELECT ON SEQUENCES"), app), given.format("S"), (app,))


def _sql(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


def _take(cursor: Any, step: Step) -> bool:
    """False when the step is needed and refused."""
    try:
        cursor.execute(step.is_done, step.parameters)
        if cursor.fetchone()[0]:
            return True
    except Exception as failure:
        if not isinstance(failure.__cause__, errors.UndefinedObject):  # asked about a role we lack
            raise
    return _execute(cursor, step.statement)


def _execute(cursor: Any, statement: sql.Composed) -> bool:
    try:
        cursor.execute(statement)
    except Exception as failure:
        if isinstance(failure.__cause__, errors.InsufficientPrivilege | errors.UndefinedObject):
            return False
        raise
    return True


def _can_sign_in(role: str, password: str) -> bool:
    parameters = connection.get_connection_params() | {"user": role, "password": password}
    parameters.pop("cursor_factory", None)
    try:
        psycopg2.connect(**parameters).close()
    except psycopg2.OperationalError:
        return False
    return True
