"""A workspace of so many people, made once per database and kept for the next run."""

import sys

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from crm.actions import workspaces
from crm.kernel.tenancy import workspace_scope
from crm.management import scale
from crm.models import User, Workspace


def workspace_of(people: int) -> Workspace:
    """The benchmark's workspace; seeding 1,000,000 people takes minutes, the first time."""
    slug = f"bench-{people}"
    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        owner, _ = User.objects.get_or_create(
            email="bench@rekindle.example", defaults={"password": make_password(None)}
        )
        found = workspaces.create(name=f"Bench {people}", owner=owner, slug=slug)
        with workspace_scope(found.pk):
            scale.seed(candidates=people, now=timezone.now(), say=lambda said: print(said, file=sys.stderr))
    return found


def settle() -> None:
    """Visibility map and statistics as autovacuum would leave them. Run as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
