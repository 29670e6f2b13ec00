"""What PostgreSQL's catalogue says about our schema, as plain values."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@dataclass(frozen=True, slots=True)
class Policy:
    """A row-level security policy."""

    name: str
    is_permissive: bool
    command: str
    is_for_everybody: bool
    using: str | None
    check: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its keys, its policies and what the application may do with it."""

    name: str
    owner: str
    has_rls: bool
    forces_rls: bool
    primary_key: tuple[str, ...]
    unique_indexes: tuple[tuple[str, str], ...]
    policies: tuple[Policy, ...]
    app_privileges: frozenset[str]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key, its columns in order on both sides."""

    name: str
    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]

    @property
    def is_within_workspace(self) -> bool:
        return self.columns[0] == "workspace_id" and self.target_columns == ("workspace_id", "id")


@dataclass(frozen=True, slots=True)
class View:
    """A view; `is_invoker` ones run with the rights of whoever asks."""

    name: str
    owner: str
    is_materialized: bool
    is_invoker: bool
    columns: tuple[str, ...]
    definition: str
    app_privileges: frozenset[str]


@dataclass(frozen=True, slots=True)
class AppRole:
    """What the application's role may do beyond reading and writing rows."""

    current_user: str
    powers: tuple[str, ...]


def tables() -> dict[str, Table]:
    """Every ordinary table of the schema, by name."""
    keys, unique, policies = _primary_keys(), _unique_indexes(), _policies()
    rows = _rows(
        """SELECT c.relname, c.relowner::regrole::text, c.relrowsecurity, c.relforcerowsecurity, {privileges}
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"""
    )
    return {
        name: Table(
            name=name,
            owner=owner.strip('"'),
            has_rls=has_rls,
            forces_rls=forces_rls,
            primary_key=keys.get(name, ()),
            unique_indexes=tuple(unique[name]),
            policies=tuple(policies[name]),
            app_privileges=_held(privileges),
        )
        for name, owner, has_rls, forces_rls, privileges in rows
    }


def foreign_keys() -> list[ForeignKey]:
    """Every foreign key of the schema."""
    rows = _rows(
        """SELECT k.conname, c.relname, t.relname,
            (SELECT array_agg(a.attname::text ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY u(x, n)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.x),
            (SELECT array_agg(a.attname::text ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY u(x, n)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.x)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
        WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace"""
    )
    return [
        ForeignKey(name, table, tuple(mine), target, tuple(theirs))
        for name, table, target, mine, theirs in rows
    ]


def views() -> list[View]:
    """Every view of the schema, materialized or not; those of extensions left out."""
    rows = _rows(
        """SELECT c.relname, c.relowner::regrole::text, c.relkind = 'm',
            coalesce('security_invoker=true' = ANY (c.reloptions), false),
            (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0), pg_get_viewdef(c.oid), {privileges}
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"""
    )
    return [
        View(
            name, owner.strip('"'), is_materialized, is_invoker, tuple(columns), definition, _held(privileges)
        )
        for name, owner, is_materialized, is_invoker, columns, definition, privileges in rows
    ]


def role(name: str) -> AppRole | None:
    """The role of this name with its powers; None when there is none."""
    rows = _rows(
        """SELECT current_user::text, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication,
            has_schema_privilege(oid, 'public', 'CREATE'),
            has_database_privilege(oid, current_database(), 'CREATE'),
            EXISTS (SELECT FROM pg_roles other WHERE other.rolname <> pg_roles.rolname
                AND pg_has_role(pg_roles.oid, other.oid, 'MEMBER'))
        FROM pg_roles WHERE rolname = '{role}'"""
    )
    labels = ("SUPERUSER", "BYPASSRLS", "CREATEDB", "CREATEROLE", "REPLICATION",
              "CREATE on the schema", "CREATE on the database", "membership of another role")  # fmt: skip
    for current_user, *flags in rows:
        powers = tuple(label for label, has in zip(labels, flags, strict=True) if has)
        return AppRole(current_user, powers)
    return None


def definer_functions() -> list[str]:
    """Functions of ours that run with the rights of their owner."""
    rows = _rows(
        """SELECT p.proname::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
    )
    return [name for (name,) in rows]


def _primary_keys() -> dict[str, tuple[str, ...]]:
    rows = _rows(
        """SELECT c.relname, array_agg(a.attname::text ORDER BY n) FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid
        CROSS JOIN unnest(k.conkey) WITH ORDINALITY u(x, n)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.x
        WHERE k.contype = 'p' AND k.connamespace = 'public'::regnamespace GROUP BY c.relname"""
    )
    return {name: tuple(columns) for name, columns in rows}


def _unique_indexes() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = _rows(
        """SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid, 1, true) FROM pg_index x
        JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace"""
    )
    for table, index, first in rows:
        found[table].append((index, first))
    return found


def _policies() -> dict[str, list[Policy]]:
    found: dict[str, list[Policy]] = defaultdict(list)
    rows = _rows(
        """SELECT c.relname, p.polname::text, p.polpermissive, p.polcmd::text, p.polroles = '{{0}}',
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"""
    )
    for table, *policy in rows:
        found[table].append(Policy(*policy))
    return found


def _held(flags: list[bool]) -> frozenset[str]:
    return frozenset(privilege for privilege, held in zip(PRIVILEGES, flags, strict=True) if held)


def _rows(query: str) -> Iterator[tuple[Any, ...]]:
    app = settings.DATABASE_APP_ROLE.replace("'", "''")
    asked = ", ".join(f"has_table_privilege('{app}', c.oid, '{privilege}')" for privilege in PRIVILEGES)
    with connection.cursor() as cursor:
        cursor.execute(query.format(privileges=f"ARRAY[{asked}]", role=app))
        yield from cursor.fetchall()
