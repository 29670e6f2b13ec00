"""Static files under their hashed names, as the web process serves them."""

import fcntl
import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bin.local.toolchain import LOCK, PYTHON, ROOT


def collect_static(settings: Mapping[str, str]) -> None:
    """Collects them when a static file or an installed package changed since the last time."""
    target = ROOT / "staticfiles"
    target.mkdir(exist_ok=True)
    with (target / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, wanted = target / ".collected", _digest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        command = [PYTHON, "manage.py", "collectstatic", "--no-input", "--verbosity=0", "--skip-checks"]
        subprocess.run(command, cwd=ROOT, env=dict(settings), check=True)
        stamp.write_text(wanted)


def _digest() -> str:
    digest = hashlib.sha256(LOCK.read_bytes())
    for path in sorted(ROOT.glob("*/static/**/*")):
        if path.is_file() and "node_modules" not in path.parts and Path("staticfiles") not in path.parents:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
