"""The settings one running copy of the product keeps in its DATA_DIR: keys, passwords and ports."""

import base64
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bin.local.servers import Postgres, Valkey, free_port, is_free, new_password
from bin.local.toolchain import ROOT

DATABASE = "rekindle"
# Small, but with the durability of any PostgreSQL: the demo's data is somebody's data.
POSTGRES_SETTINGS = {
    "max_connections": "60",
    "shared_buffers": "256MB",
    "autovacuum_naptime": "5s",  # a new database fills at once; plans without statistics are slow ones
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",
}


class Environment:
    """What is given in the process environment wins; the rest is made once and kept with mode 600."""

    def __init__(self) -> None:
        self.data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").expanduser().resolve()
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / "log").mkdir(exist_ok=True)
        self._file = self.data / "environment.json"
        self._kept: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        self.port = int(os.environ.get("PORT") or 8000)

    @contextmanager
    def servers(self) -> Iterator[dict[str, str]]:
        """PostgreSQL and Valkey (unless given) for the time of the block; yields what reaches them."""
        started: list[Postgres | Valkey] = []
        settings = self._settings()
        try:
            if not os.environ.get("DATABASE_URL"):
                postgres = self._postgres()
                started.append(postgres)
                postgres.initialize(password=self._secret("POSTGRES_PASSWORD"))
                postgres.start()
                settings["DATABASE_URL"] = postgres.url(DATABASE, password=self._secret("POSTGRES_PASSWORD"))
            if not os.environ.get("REDIS_URL"):
                valkey = self._valkey()
                started.append(valkey)
                valkey.start()
                settings["REDIS_URL"] = valkey.url()
            yield settings
        finally:
            for server in reversed(started):
                server.stop()

    def demo_port(self, name: str) -> str:
        """A free port for one of the demo's own servers, the same one at each start where possible."""
        return str(self._port(name))

    def _settings(self) -> dict[str, str]:
        field_key = base64.urlsafe_b64encode(os.urandom(32)).decode()
        # Without compiled files every start of every process compiles all of Django again.
        given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return given | {
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "BASE_URL": os.environ.get("BASE_URL") or f"http://127.0.0.1:{self.port}",
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self._keep("SECRET_KEY", secrets.token_urlsafe(50)),
            "FIELD_KEYS": os.environ.get("FIELD_KEYS") or self._keep("FIELD_KEYS", field_key),
            "PYTHONUNBUFFERED": "1",
        }

    def _postgres(self) -> Postgres:
        log = self.data / "log" / "postgres.log"
        port = self._port("POSTGRES_PORT")
        return Postgres(data=self.data / "postgres", port=port, log=log, settings=POSTGRES_SETTINGS)

    def _valkey(self) -> Valkey:
        folder = self.data / "valkey"
        folder.mkdir(exist_ok=True)
        log = self.data / "log" / "valkey.log"
        password = self._secret("VALKEY_PASSWORD")
        return Valkey(data=folder, port=self._port("VALKEY_PORT"), log=log, password=password)

    def _port(self, name: str) -> int:
        port = int(self._kept.get(name, 0))
        if not port or not is_free(port):
            port = free_port()
            self._write(name, str(port))
        return port

    def _secret(self, name: str) -> str:
        return self._keep(name, new_password())

    def _keep(self, name: str, fresh: str) -> str:
        if name not in self._kept:
            self._write(name, fresh)
        return self._kept[name]

    def _write(self, name: str, value: str) -> None:
        self._kept[name] = value
        draft = self._file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self._kept, indent=2))
        draft.replace(self._file)
