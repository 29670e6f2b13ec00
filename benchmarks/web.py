"""The product's own web server, for cases that ask over HTTP."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bin.local.servers import free_port
from bin.local.toolchain import PYTHON, ROOT


@contextmanager
def gunicorn(**settings: str) -> Iterator[tuple[str, Path]]:
    """The web process as the Procfile starts it, with the time of each request in its log: (address, log)."""
    port = free_port()
    command = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    arguments = re.sub(
        r"\$\{(\w+):-(\w*)}", lambda m: settings.get(m[1], os.environ.get(m[1], m[2])), command
    ).split()[2:]
    environment = os.environ | {"PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}"}
    arguments = [
        f"127.0.0.1:{port}" if ":8" in part or part.startswith("127") else part for part in arguments
    ]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        arguments += ["--access-logfile", str(log), "--access-logformat", '"%(r)s" %(s)s %(D)s']
        started = subprocess.Popen(
            [PYTHON, "-m", "gunicorn", *arguments], cwd=ROOT, env=environment, stdout=sys.stderr
        )
        try:
            _wait(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", log
        finally:
            started.terminate()
            started.wait()


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            httpx.get(f"{address}/accounts/login/", timeout=5)
        except httpx.TransportError:
            time.sleep(0.25)
        else:
            return
    raise RuntimeError("gunicorn did not start")
