"""The product as its users run it: every process of the Procfiles, on the database of the current test."""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bin.local.servers import free_port
from bin.local.toolchain import ROOT

START_SECONDS = 60


class ProductFailed(RuntimeError):
    """A process ended, or the product did not become well; carries the end of the logs."""


@dataclass(frozen=True, slots=True)
class Product:
    """Where the running product is reached."""

    base_url: str
    mail_port: int
    ats_url: str
    logs: Path
    environment: dict[str, str] = field(default_factory=dict, repr=False)

    def manage(self, *arguments: str) -> str:
        """Runs a command of the product on its database; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ProductFailed(f"manage.py {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def log(self, process: str) -> str:
        return (self.logs / f"{process}.log").read_text(errors="replace")


@contextmanager
def run_product(*, secret_key: str, settings: Mapping[str, str] | None = None) -> Iterator[Product]:
    """Starts web, worker, beat, mail sink and ATS simulator; ends them all with the block.

    `settings` are more environment variables, such as DEMO_ATS_PEOPLE.
    """
    ports = {"PORT": free_port(), "DEMO_MAIL_PORT": free_port(), "DEMO_ATS_PORT": free_port()}
    base_url = f"http://127.0.0.1:{ports['PORT']}"
    with tempfile.TemporaryDirectory(prefix="rekindle-product-") as folder:
        mail_port, ats_url = ports["DEMO_MAIL_PORT"], f"http://127.0.0.1:{ports['DEMO_ATS_PORT']}"
        environment = os.environ | {name: str(port) for name, port in ports.items()}
        environment |= {
            "BASE_URL": base_url,
            "SECRET_KEY": secret_key,
            "DATA_DIR": folder,
            "DEMO": "1",
            "ALLOW_PRIVATE_HOSTS": "1",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "WEB_WORKERS": "1",
            "WORKERS": "1",
        }
        environment |= settings or {}
        product = Product(base_url, mail_port, ats_url, Path(folder), environment)
        started: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, command in _processes():
                started[name] = _start(name, command, product=product)
            _wait_until_well(product, started)
            yield product
        finally:
            _end(started)


def _processes() -> Iterator[tuple[str, str]]:
    for procfile in ("Procfile", "Procfile.demo"):
        for line in (ROOT / procfile).read_text().splitlines():
            name, command = line.split(": ", 1)
            yield name, command


def _start(name: str, command: str, *, product: Product) -> subprocess.Popen[bytes]:
    given = product.environment
    arguments = shlex.split(re.sub(r"\$\{(\w+)(?::-(\w[\w.]*))?\}", lambda m: given.get(m[1], m[2]), command))
    with (product.logs / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            arguments,
            cwd=ROOT,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_well(product: Product, started: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_well(product):
        ended = [name for name, process in started.items() if process.poll() is not None]
        if ended or time.monotonic() > deadline:
            logs = "\n".join(f"--- {name}\n{product.log(name)[-2000:]}" for name in started)
            raise ProductFailed(f"Ended: {ended}.\n{logs}")
        time.sleep(0.2)


def _is_well(product: Product) -> bool:
    try:
        return httpx.get(f"{product.base_url}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _end(started: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in started.values():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in started.values():
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
