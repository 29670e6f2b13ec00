"""Runs pytest on servers of its own, so that several runs on one machine never meet."""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bin.local.assets import collect_static
from bin.local.servers import Postgres, ServerFailed, Valkey, free_port
from bin.local.toolchain import LOCK, PYTHON, ROOT, VENV, say

TEMPLATE = "rekindle"
PASSWORD = "tests"
CACHE = ROOT / ".cache" / "test-clusters"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    folder = Path(tempfile.mkdtemp(prefix="rekindle-test-"))
    try:
        return _run(folder, sys.argv[1:])
    except ServerFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        print(f"Stopped: this command failed: {' '.join(map(str, failure.cmd))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, arguments: list[str]) -> int:
    folder.chmod(0o711)
    (folder / "valkey").mkdir()
    settings = _settings(folder)
    valkey = Valkey(data=folder / "valkey", port=free_port(), log=folder / "valkey.log")
    with _cluster(folder, settings) as postgres:
        try:
            valkey.start()
            settings["TEST_DATABASE_URL"] = postgres.url(TEMPLATE, password=PASSWORD)
            settings["TEST_REDIS_URL"] = f"redis://127.0.0.1:{valkey.port}"
            collect_static(settings | {"DATABASE_URL": settings["TEST_DATABASE_URL"]})
            command = [PYTHON, "-m", "pytest", *_defaults(arguments), *arguments]
            return subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode
        finally:
            valkey.stop()


def _defaults(arguments: list[str]) -> list[str]:
    chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)
    return [] if chosen else ["-n", "2", "--dist", "loadgroup"]


def _settings(folder: Path) -> dict[str, str]:
    """Nothing of the machine's own configuration reaches a test."""
    ours = ("DATABASE_", "REDIS_", "EMAIL_", "DEMO", "BASE_URL", "PORT", "SECRET_KEY", "FIELD_KEYS", "DEBUG",
            "PYTHONDONTWRITEBYTECODE")  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "PATH": f"{VENV / 'bin'}:{kept['PATH']}",
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder / "data"),
        "SECRET_KEY": "tests-only-secret-key-0123456789-abcdefghijklmnop",
        "FIELD_KEYS": "dGVzdHMtb25seS1maWVsZC1rZXktMDEyMzQ1Njc4OWE=",
        "DATABASE_APP_USER": f"{TEMPLATE}_app",
        "DATABASE_SEARCH_ROLE": f"{TEMPLATE}_search",
    }


@contextmanager
def _cluster(folder: Path, settings: dict[str, str]) -> Iterator[Postgres]:
    """A running copy of the cluster whose one database has been through every migration."""
    data = folder / "postgres"
    with _template(settings) as template:
        shutil.copytree(template, data)
    postgres = Postgres(data=data, port=free_port(), log=folder / "postgres.log", settings=SETTINGS)
    postgres.give_to_server()
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.stop()


@contextmanager
def _template(settings: dict[str, str]) -> Iterator[Path]:
    """The migrated cluster, made once per state of the migrations; TEST_REUSE=0 makes it anew."""
    CACHE.mkdir(parents=True, exist_ok=True)
    wanted = CACHE / _digest()
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.environ.get("TEST_REUSE") == "0" or not wanted.exists():
            for old in (path for path in CACHE.iterdir() if path.is_dir()):
                shutil.rmtree(old, ignore_errors=True)
            _migrate(wanted, settings)
        yield wanted


def _migrate(target: Path, settings: dict[str, str]) -> None:
    say("Migrating the template database")
    data = target.with_suffix(".new")
    log = CACHE / "migrate.log"
    postgres = Postgres(data=data, port=free_port(), log=log, settings=SETTINGS)
    postgres.initialize(password=PASSWORD)
    try:
        postgres.start()
        environment = settings | {"DATABASE_URL": postgres.url(TEMPLATE, password=PASSWORD)}
        for command in (["provision"], ["migrate", "--verbosity=0", "--skip-checks"]):
            subprocess.run([PYTHON, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    finally:
        postgres.stop()
    data.rename(target)


def _digest() -> str:
    digest = hashlib.sha256(LOCK.read_bytes())
    patterns = ("*/migrations/*.py", "crm/kernel/isolation.py", "crm/management/commands/provision.py")
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
