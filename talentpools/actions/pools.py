"""Making pools and saying who may see them."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User
from talentpools.actions import access
from talentpools.models import Pool, Segment
from talentpools.queries import segment_uses


class PoolNameTaken(DomainError):
    """Another pool here already has this name."""

    code = "name_taken"
    status = 409


class PoolInUse(DomainError):
    """Sub-segments live under this pool, or rules name it."""

    code = "in_use"
    status = 409


@dataclass(frozen=True, slots=True)
class Draft:
    """What a pool is to be."""

    name: str
    description: str = ""
    role_family: str = ""
    visibility: str = Pool.Visibility.WORKSPACE


@transaction.atomic
def create(*, draft: Draft, by: User | None) -> Pool:
    """A new pool, owned by its maker. Refuses a taken name."""
    pool = Pool(owner=by, **_columns(draft))
    _save(pool)
    events.record("pool.created", by=by, data={"pool": pool.pk})
    return pool


@transaction.atomic
def update(*, pool: Pool, draft: Draft, by: User | None) -> Pool:
    """Change what a pool is called and who may see it. Refuses a taken name, and who may not decide that."""
    if draft.visibility != pool.visibility:
        access.check_owner(pool, by)
    for key, value in _columns(draft).items():
        setattr(pool, key, value)
    _save(pool)
    events.record("pool.changed", by=by, data={"pool": pool.pk})
    return pool


@transaction.atomic
def archive(*, pool: Pool, by: User | None) -> None:
    """Put the pool away with its history. Refuses while it has sub-segments or something names it."""
    if Segment.objects.filter(pool=pool).exists():
        raise PoolInUse(f"“{pool.name}” has sub-segments; delete or move them first.")
    if users := segment_uses.pool_uses(pool.pk):
        names = ", ".join(f"“{user.name}”" for user in users)
        raise PoolInUse(f"“{pool.name}” is used by {names}.")
    Pool.objects.filter(pk=pool.pk, archived_at=None).update(archived_at=timezone.now())
    events.record("pool.archived", by=by, data={"pool": pool.pk})


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "description": draft.description.strip(),
        "role_family": draft.role_family,
        "visibility": draft.visibility,
    }


def _save(pool: Pool) -> None:
    try:
        with transaction.atomic():
            pool.save()
    except IntegrityError as clash:
        if "pool_name_once" not in str(clash):
            raise
        sentence = f"There is already a pool “{pool.name}”."
        raise PoolNameTaken(sentence, fields={"name": sentence}) from clash
