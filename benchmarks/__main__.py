"""`python -m benchmarks [case …] [--people N]`, on servers of its own or those DATABASE_URL names."""

import argparse
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from bin.local.environment import Environment
from bin.local.toolchain import PYTHON, ROOT

CASES = {
    "segments": "benchmarks.segments",
    "refreshes": "benchmarks.refreshes",
    "pages": "benchmarks.pages",
    "imports": "benchmarks.imports",
    "kpis": "benchmarks.kpis",
    "journeys": "benchmarks.journeys",
    "rehearsal": "benchmarks.rehearsal",
    "sending": "benchmarks.sending",
    "ats": "benchmarks.ats",
    "webhooks": "benchmarks.webhooks",
}


def main() -> None:
    present = [name for name, path in CASES.items() if find_spec(path)]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "case", nargs="*", choices=[*present, "timing", "faults", []], help="all of them unless named"
    )
    parser.add_argument("--people", type=int, default=1_000_000)
    for name in ("mails", "kills", "rounds"):
        parser.add_argument(f"--{name}", type=int, help="of `faults`: how many")
    parser.add_argument("--only", action="append", default=[], help="of `faults`: only this scenario")
    parser.add_argument(
        "--vendor", action="append", default=[], help="of `ats`: only this one; may be repeated"
    )
    asked = parser.parse_args()
    if asked.case == ["timing"]:
        sys.exit(bool(import_module("benchmarks.timing").check()))
    os.environ.setdefault("DATA_DIR", str(ROOT / ".data" / "benchmarks"))
    Path(os.environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
    with Environment().servers() as settings:
        os.environ.update(settings)
        for command in ("provision", "migrate"):
            subprocess.run(
                [PYTHON, "manage.py", command], cwd=ROOT, env=settings, check=True, stdout=sys.stderr
            )
        if asked.case == ["faults"]:
            sys.exit(_break(asked))
        _run(asked.case or present, asked.people, tuple(asked.vendor))


def _break(asked: argparse.Namespace) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
    import django  # noqa: PLC0415 - app ready

    django.setup()
    from benchmarks import faults  # noqa: PLC0415 - app ready

    given = {name: getattr(asked, name) for name in ("mails", "kills", "rounds")}
    return faults.run(faults.Sizes(**{name: value for name, value in given.items() if value}), asked.only)


def _run(cases: list[str], people: int, vendors: tuple[str, ...]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
    import django  # noqa: PLC0415 - app ready

    django.setup()
    from benchmarks import seeding  # noqa: PLC0415 - app ready
    from benchmarks.report import Bench, table  # noqa: PLC0415 - app ready

    bench = Bench(people, seeding.workspace_of(people).pk, vendors)
    seeding.settle()
    figures = []
    for name in cases:
        print(f"Measuring {name}", file=sys.stderr)
        figures += list(import_module(CASES[name]).run(bench))
    print(table(figures))


if __name__ == "__main__":
    main()
