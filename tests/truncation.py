"""What a committing test wrote is removed by the owner; what migrations wrote stays."""

from psycopg2 import sql

from tests.environment import owner_execute

_SEEDED: set[str] = set()


def remember_seeded_tables() -> None:
    _SEEDED.update(_filled_tables())


def empty_written_tables() -> None:
    written = sorted(_filled_tables() - _SEEDED)
    if written:
        tables = sql.SQL(", ").join(map(sql.Identifier, written))
        owner_execute(sql.Composed([sql.SQL("TRUNCATE "), tables, sql.SQL(" RESTART IDENTITY CASCADE")]))


def _filled_tables() -> set[str]:
    listed = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    names = [str(name) for (name,) in owner_execute(listed)]
    asked = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in names)
    return {str(name) for (name,) in owner_execute(asked)}
