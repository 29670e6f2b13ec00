"""The product's own source files, as the architecture tests read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from bin.local.toolchain import ROOT

APPS = ("crm", "talentpools", "journeys", "integrations", "analytics")


def modules(*, migrations: bool = False) -> Iterator[Path]:
    """Paths from the root, of every module of every app."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if ("migrations" in path.parts) == migrations:
                yield path.relative_to(ROOT)


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def imported(path: Path) -> Iterator[str]:
    """Dotted names of the modules a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
