"""PgBouncer in transaction mode before the tests' PostgreSQL, with one server connection for everybody."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bin.local.servers import POSTGRES_USER, free_port, is_free

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def pooled(database: dict[str, Any]) -> Iterator[int]:
    """Yields the port that PgBouncer listens on."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        config = _configure(folder, database, port)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([str(PROGRAM), str(config)], stdout=log, stderr=log, **_identity())
        try:
            _wait(port, process, folder)
            yield port
        finally:
            process.terminate()
            process.wait()


def _configure(folder: Path, database: dict[str, Any], port: int) -> Path:
    users, config = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{database["USER"]}" "{database["PASSWORD"]}"\n')
    config.write_text(
        "[databases]\n"
        f"{database['NAME']} = host=127.0.0.1 port={database['PORT']}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {users}\n"
        "pool_mode = transaction\ndefault_pool_size = 1\nmax_client_conn = 20\n"
    )
    return config


def _identity() -> dict[str, Any]:
    """PgBouncer refuses to run as root, like PostgreSQL."""
    if os.geteuid() != 0:
        return {}
    return {"user": POSTGRES_USER, "group": POSTGRES_USER, "extra_groups": []}


def _wait(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        if not is_free(port):
            return
        time.sleep(0.05)
    raise RuntimeError(f"PgBouncer did not start: {(folder / 'log').read_text()}")
