"""A workspace of so many people, made once per database and kept for the next run."""

import os
import subprocess

from bin.local.toolchain import PYTHON, ROOT
from crm.actions import users, workspaces
from crm.models import User, Workspace


def owner() -> User:
    """Whoever runs the benchmarks."""
    return users.find_or_create(email="bench@rekindle.example")


def workspace_of(people: int, *, purpose: str = "") -> Workspace:
    """The benchmark's workspace; seeding 1,000,000 people takes a minute or two, the first time."""
    slug = f"bench-{purpose}-{people}" if purpose else f"bench-{people}"
    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        found = workspaces.create(name=f"Bench {purpose} {people}", owner=owner(), slug=slug)
        _manage("seed_scale", "--workspace", slug, "--candidates", str(people))
    return found


def settle() -> None:
    """VACUUM ANALYZE as the owner: the visibility map and statistics autovacuum would leave."""
    code = (
        "import django; django.setup(); from django.db import connection;"
        "connection.cursor().execute('VACUUM ANALYZE')"
    )
    _run("-c", code)


def _manage(*arguments: str) -> None:
    _run("manage.py", *arguments)


def _run(*arguments: str) -> None:
    settings = os.environ | {"DATABASE_ROLE": "owner"}
    subprocess.run([PYTHON, *arguments], cwd=ROOT, env=settings, check=True)
