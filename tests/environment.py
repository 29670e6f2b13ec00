"""Loaded before Django's settings (addopts: -p tests.environment): a database and broker per worker.

Application code in tests connects as the application does: a role that owns nothing and that row-level
security binds. Only the two functions below know the owner.
"""

import os

import psycopg2
import pytest
from psycopg2 import sql

if "TEST_DATABASE_URL" not in os.environ:
    raise pytest.UsageError("Tests need servers of their own: run bin/test.")

OWNER_URL = os.environ["TEST_DATABASE_URL"]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEMPLATE = OWNER_URL.rsplit("/", 1)[1]
DATABASE = f"{TEMPLATE}_{WORKER}"
_BROKER = int(WORKER.removeprefix("gw")) + 1 if WORKER.startswith("gw") else 0

os.environ["DATABASE_URL"] = OWNER_URL.removesuffix(TEMPLATE) + DATABASE
os.environ["DATABASE_ROLE"] = "app"
os.environ["REDIS_URL"] = f"{os.environ['TEST_REDIS_URL']}/{_BROKER}"
os.environ["EMAIL_URL"] = "smtp://127.0.0.1:1"  # nothing listens: a test that sends mail names its own server


def owner_execute(statement: str | sql.Composed, *, database: str = DATABASE) -> list[tuple[object, ...]]:
    """Run a statement as the owner of the schema, outside any transaction of the test."""
    connection = psycopg2.connect(OWNER_URL.removesuffix(TEMPLATE) + database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def copy_template() -> None:
    """A fresh database for this worker; the migrations ran once, when bin/test made the template."""
    owner_execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)', database="postgres")
    owner_execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE "{TEMPLATE}"', database="postgres")
