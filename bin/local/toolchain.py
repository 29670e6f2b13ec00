"""Everything a machine with only Python needs before the product or its tests can run."""

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
BUILD = ROOT / "crm" / "static" / "build"
FRONTEND_SOURCES = ("package*.json", "crm/static_src/**/*", "templates/**/*", "*/templates/**/*")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class ToolchainFailed(Exception):
    pass


def install(*, dev: bool) -> None:
    """Bring .venv and the front end up to date with their lock files; does nothing when they are."""
    with _only_one():
        _install_python(dev=dev)
        _build_frontend()
    if dev:
        _install_test_programs()


def say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


def _install_python(*, dev: bool) -> None:
    wanted = _digest([LOCK, DEV_LOCK] if dev else [LOCK])
    stamp = VENV / (".installed-dev" if dev else ".installed")
    if Path(PYTHON).exists() and _read(stamp) == wanted:
        return
    if not Path(PYTHON).exists():
        say("Creating .venv")
        _create_venv()
    lock = DEV_LOCK if dev else LOCK
    say(f"Installing {lock.name}")
    _install_lock(lock)
    # Compiled once here, or at every start of every process where PYTHONDONTWRITEBYTECODE is set.
    subprocess.run(
        [PYTHON, "-m", "compileall", "-q", "-j", "0", str(VENV / "lib")],
        capture_output=True,
        check=False,
    )
    stamp.write_text(wanted)
    if dev:  # the development lock holds everything the other one holds
        (VENV / ".installed").write_text(_digest([LOCK]))


def _create_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    if not _apt_install(["python3-venv"]):
        raise ToolchainFailed(
            "Python's venv module is missing. Install it (Debian: apt-get install python3-venv)."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    _run(command)


def _install_lock(lock: Path) -> None:
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        _install_uv()
    arguments = ["install", "--require-hashes", "-r", str(lock)]
    environment = {**os.environ, **_package_index()}
    quick = [str(uv), "pip", *arguments, "--quiet", "--no-config", "--python", PYTHON]
    if uv.exists() and subprocess.run(quick, env=environment, cwd=ROOT, check=False).returncode == 0:
        return
    say("uv could not do it; installing with pip")
    _run([PYTHON, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"])


def _install_uv() -> None:
    """uv installs in seconds what takes pip a minute; it comes from the development lock, hashes checked."""
    found = re.search(r"^uv==.*?(?=^\S)", DEV_LOCK.read_text() + "\nend", re.MULTILINE | re.DOTALL)
    if found is None:
        return
    pinned = "\n".join(line for line in found[0].splitlines() if not line.lstrip().startswith("#"))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pinned + "\n")
        file.flush()
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "--require-hashes", "-r", file.name], cwd=ROOT, check=False)


def _package_index() -> dict[str, str]:
    """uv does not read pip's configuration: hand it the package index this machine's pip uses."""
    command = [PYTHON, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"index-url='([^']+)'", re.sub(r"extra-index-url='[^']*'", "", listed.stdout))
    index = os.environ.get("PIP_INDEX_URL") or (found[1] if found else "")
    return {"UV_DEFAULT_INDEX": index} if index and "UV_DEFAULT_INDEX" not in os.environ else {}


def _build_frontend() -> None:
    if not (ROOT / "package-lock.json").exists():
        return
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}"}
    npm = str(VENV / "bin" / "npm")
    modules = ROOT / "node_modules" / ".installed"
    locked = _digest([ROOT / "package-lock.json"])
    if _read(modules) != locked:
        say("Installing the front end's packages")
        _run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], env=environment)
        modules.write_text(locked)
    sources = _digest(sorted(_frontend_sources()))
    if _read(BUILD / ".built") != sources:
        say("Building the front end")
        _run([npm, "run", "--silent", "build"], env=environment)
        BUILD.mkdir(parents=True, exist_ok=True)
        (BUILD / ".built").write_text(sources)


def _frontend_sources() -> Iterator[Path]:
    for pattern in FRONTEND_SOURCES:
        yield from (path for path in ROOT.glob(pattern) if path.is_file() and BUILD not in path.parents)


def _install_test_programs() -> None:
    missing = [] if any(shutil.which(browser) for browser in BROWSERS) else ["chromium"]
    missing += [] if shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin") else ["pgbouncer"]
    if missing and not _apt_install(missing):
        say(f"Not installed: {', '.join(missing)}. Tests that need them say so.")


def _apt_install(packages: list[str]) -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"apt-get install {' '.join(packages)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def _only_one() -> Iterator[None]:
    """Two commands started together must not install into one .venv at the same time."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "toolchain.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: list[str], *, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise ToolchainFailed(f"This command failed with {done.returncode}: {' '.join(command)}")


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    try:
        install(dev=parser.parse_args().dev)
    except ToolchainFailed as failure:
        sys.exit(str(failure))
