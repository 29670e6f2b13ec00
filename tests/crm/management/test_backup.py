import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.environment import DATABASE, OWNER_URL, TEMPLATE, owner_execute

COPY = f"{DATABASE}_copy"


def _manage(
    *arguments: str, database: str, data: Path, role: str = "owner"
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DATABASE_URL": OWNER_URL.removesuffix(TEMPLATE) + database,
        "DATABASE_ROLE": role,
        "DATABASE_APP_USER": settings.DATABASE_APP_ROLE,
        "DATABASE_SEARCH_ROLE": settings.DATABASE_SEARCH_ROLE,
        "DATA_DIR": str(data),
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def source(tmp_path: Path) -> Any:
    """A database with a workspace in it, beside the one of the tests."""
    for name in (f"{DATABASE}_from", COPY):
        owner_execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', database="postgres")
    owner_execute(f'CREATE DATABASE "{DATABASE}_from" TEMPLATE "{TEMPLATE}"', database="postgres")
    owner_execute(f'CREATE DATABASE "{COPY}"', database="postgres")
    (tmp_path / "data" / "files").mkdir(parents=True)
    (tmp_path / "data" / "files" / "cv.pdf").write_bytes(b"%PDF")
    made = _manage(
        "create_workspace", "Acme", "--owner", "o@acme.example", database=f"{DATABASE}_from", data=tmp_path
    )
    assert made.returncode == 0, made.stderr
    yield f"{DATABASE}_from"
    for name in (f"{DATABASE}_from", COPY):
        owner_execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', database="postgres")


def test_a_backup_is_restored_into_an_empty_place(source: str, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    written = _manage("backup", str(file), "--json", database=source, data=tmp_path / "data")
    assert written.returncode == 0, written.stderr
    assert json.loads(written.stdout)["bytes"] == file.stat().st_size

    there = tmp_path / "elsewhere"
    restored = _manage("restore", str(file), "--json", database=COPY, data=there)
    assert restored.returncode == 0, restored.stderr
    assert owner_execute("SELECT name FROM crm_workspace", database=COPY) == [("Acme",)]
    assert (there / "files" / "cv.pdf").read_bytes() == b"%PDF"
    isolated = _manage("check_isolation", "--json", database=COPY, data=there, role="app")
    assert json.loads(isolated.stdout)["gaps"] == []

    again = _manage("restore", str(file), database=COPY, data=there)
    assert again.returncode == 1
    assert "in use" in again.stderr
    assert _manage("restore", str(file), "--replace", database=COPY, data=there).returncode == 0


def test_what_is_no_backup_is_refused(source: str, tmp_path: Path) -> None:
    file = tmp_path / "other.tar"
    with tarfile.open(file, "w"):
        pass
    refused = _manage("restore", str(file), database=COPY, data=tmp_path)
    assert refused.returncode == 1
    assert "is not a backup" in refused.stderr
