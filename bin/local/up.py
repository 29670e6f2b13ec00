"""Runs the product in the foreground: servers, migrations, demo data, then every process under one log."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg2
from honcho.environ import parse_procfile
from honcho.manager import Manager

from bin.local.assets import collect_static
from bin.local.environment import DATABASE, Environment
from bin.local.servers import ServerFailed, is_free
from bin.local.toolchain import PYTHON, ROOT, VENV, say

READY_SECONDS = 90


class StartRefused(Exception):
    pass


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    environment = Environment()
    try:
        with _only_one(environment), environment.servers() as settings:
            _check_port(environment.port)
            settings |= _demo_settings(environment, settings)
            return _run(environment, settings)
    except (StartRefused, ServerFailed) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        print(f"Stopped: this command failed: {' '.join(map(str, failure.cmd))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(environment: Environment, settings: dict[str, str]) -> int:
    settings["PATH"] = f"{VENV / 'bin'}:{settings['PATH']}"
    _drop_half_written_demo(environment, settings)
    say("Preparing the database")
    _manage("provision", settings=settings)
    _manage("migrate", "--verbosity=0", "--skip-checks", settings=settings)
    collect_static(settings)
    _seed(environment, settings)
    manager = Manager()
    for name, command in _processes(settings):
        manager.add_process(name, f"exec {command}", env=settings, cwd=str(ROOT))
    threading.Thread(target=_announce, args=(environment, settings), daemon=True).start()
    manager.loop()
    return int(manager.returncode or 0)


def _demo_settings(environment: Environment, settings: dict[str, str]) -> dict[str, str]:
    """The demo's mail goes to a mailbox of its own, and its ATS stands on this machine."""
    demo: dict[str, str] = {"DEMO": settings.get("DEMO", "1")}
    if demo["DEMO"] != "1":
        return demo
    demo["DEMO_MAIL_PORT"] = environment.demo_port("DEMO_MAIL_PORT")
    demo["DEMO_ATS_PORT"] = environment.demo_port("DEMO_ATS_PORT")
    demo["ALLOW_PRIVATE_HOSTS"] = settings.get("ALLOW_PRIVATE_HOSTS", "1")
    if not settings.get("EMAIL_URL"):
        demo["EMAIL_URL"] = f"smtp://127.0.0.1:{demo['DEMO_MAIL_PORT']}"
    return demo


def _processes(settings: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from parse_procfile((ROOT / "Procfile").read_text()).processes.items()
    if settings["DEMO"] != "1":
        return
    for name, command in parse_procfile((ROOT / "Procfile.demo").read_text()).processes.items():
        if _has_command(command.split()[2]):
            yield name, command


def _seed(environment: Environment, settings: dict[str, str]) -> None:
    """Only a new database gets the demo; what it prints (the logins) is kept for later starts."""
    logins = environment.data / "demo.txt"
    if settings["DEMO"] != "1" or not _has_command("seed_demo") or not _is_new(settings["DATABASE_URL"]):
        return
    say("Writing the demo's data (once)")
    _marker(environment).touch()
    command = [PYTHON, "manage.py", "seed_demo", "--skip-checks"]
    done = subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True, check=True)
    logins.write_text(done.stdout)
    _marker(environment).unlink()


def _marker(environment: Environment) -> Path:
    """There while the demo is being written: a start that finds it comes after one that was stopped."""
    return environment.data / "demo.unfinished"


def _drop_half_written_demo(environment: Environment, settings: dict[str, str]) -> None:
    if not _marker(environment).exists():
        return
    if os.environ.get("DATABASE_URL"):
        raise StartRefused("The demo's data was written halfway; empty the database of DATABASE_URL first.")
    connection = psycopg2.connect(settings["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
    connection.close()
    _marker(environment).unlink()


def _is_new(database_url: str) -> bool:
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM crm_workspace)")
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()


def _announce(environment: Environment, settings: dict[str, str]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not _is_well(environment.port):
        time.sleep(1)
    logins = environment.data / "demo.txt"
    text = logins.read_text().strip() if logins.exists() else ""
    url = settings["BASE_URL"]
    print(f"\nRekindle runs at {url}\n{text}\nStop it with Ctrl-C.\n", flush=True)


def _is_well(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _manage(*arguments: str, settings: dict[str, str]) -> None:
    subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, env=settings, check=True)


def _has_command(name: str) -> bool:
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def _check_port(port: int) -> None:
    if not is_free(port):
        raise StartRefused(f"Port {port} is taken by another program. Choose another: PORT=8001 bin/up")


@contextmanager
def _only_one(environment: Environment) -> Iterator[None]:
    lock: Path = environment.data / "up.lock"
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StartRefused(f"Rekindle is already running on {environment.data}: {file.read()}") from None
        file.truncate(0)
        file.write(f"http://127.0.0.1:{environment.port} (process {os.getpid()})")
        file.flush()
        yield


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: what follows is the orderly end
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
