"""Sizes, names and rooms: what the house style asks of every file."""

import ast
import re
from pathlib import Path

from bin.local.toolchain import ROOT
from tests.architecture import source

JUNK = {"utils", "util", "helpers", "common", "misc", "base", "services", "managers"}
# The contract of the ATS connectors is called what it is.
NAMED_SO = {
    Path("integrations/providers/base.py"),
    Path("crm/kernel/postgres/base.py"),
}  # Django asks for "base"
# Rows of all workspaces are read here only: kernel, middleware, sweepers, sign-in before a scope exists.
UNSCOPED = re.compile(r"^(crm/kernel/|crm/middleware\.py|\w+/tasks(/|\.py)|\w+/migrations/)")
CORE = re.compile(r"^\w+/(models|policies|queries|actions)(/|\.py)")


def test_a_file_has_at_most_300_lines() -> None:
    sizes = {path: len((ROOT / path).read_text().splitlines()) for path in source.modules()}
    assert {str(path): lines for path, lines in sizes.items() if lines > 300} == {}


def test_a_function_has_at_most_50_lines() -> None:
    long = [
        f"{path}: {node.name} has {node.end_lineno - node.lineno + 1}"
        for path in source.modules()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
        if node.end_lineno - node.lineno >= 50
    ]
    assert long == []


def test_no_module_is_a_junk_drawer() -> None:
    assert {path for path in source.modules() if path.stem in JUNK} - NAMED_SO == set()


def test_the_kernel_is_small_and_knows_no_business() -> None:
    kernel = [path for path in source.modules() if path.parts[:2] == ("crm", "kernel")]
    ours = {
        name
        for path in kernel
        for name in source.imported(path)
        if name.startswith(source.APPS) and not name.startswith("crm.kernel")
    }
    assert ours == set()
    assert sum(len((ROOT / path).read_text().splitlines()) for path in kernel) < 800


def test_a_migration_imports_nothing_of_ours_but_the_kernel() -> None:
    """The isolation operations, and the fields and managers of the kernel that Django writes down itself."""
    found = {
        f"{path} imports {name}"
        for path in source.modules(migrations=True)
        for name in source.imported(path)
        if name.split(".")[0] in source.APPS and not name.startswith("crm.kernel.")
    }
    assert found == set()


def test_unscoped_rows_are_read_in_few_places() -> None:
    users = {
        str(path)
        for path in source.modules()
        if not UNSCOPED.match(str(path)) and re.search(r"\.unscoped\b", (ROOT / path).read_text())
    }
    assert users == set()


def test_the_core_knows_neither_http_nor_the_queue() -> None:
    forbidden = ("django.http", "django.shortcuts", "django.template.response", "rest_framework", "celery")
    found = {
        f"{path} imports {name}"
        for path in source.modules()
        if CORE.match(str(path))
        for name in source.imported(path)
        if name.startswith(forbidden)
    }
    assert found == set()
