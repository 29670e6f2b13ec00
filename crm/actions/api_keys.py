import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import ApiKey, Role, User
from crm.policies.roles import permissions_of
from crm.queries.api_keys import hashed

PREFIX = "rk"
_SEEN_EVERY = timedelta(minutes=1)


class UnknownRole(DomainError):
    """There is no such role."""

    code = "unknown_role"


class UnknownScope(DomainError):
    """The role does not include this scope."""

    code = "unknown_scope"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key and its full text, which nobody can show again."""

    key: ApiKey
    text: str


def create(
    *,
    name: str,
    role: str,
    by: User | None = None,
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key of this workspace. Its text is in the answer and nowhere else; only a hash is kept.

    Refuses an unknown role and scopes that the role does not have. No scopes means all of the role's.
    """
    if role not in Role.values:
        raise UnknownRole(f"There is no role “{role}”.", fields={"role": f"One of {', '.join(Role.values)}."})
    if unknown := sorted(set(scopes) - permissions_of(role)):
        raise UnknownScope(
            f"{role} does not include {', '.join(unknown)}.", fields={"scopes": ", ".join(unknown)}
        )
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name, role=role, scopes=sorted(scopes), secret_hash=hashed(secret), hint=secret[-4:],
        created_by=by, expires_at=expires_at,
    )  # fmt: skip
    events.record("api_key.created", by=by, data={"api_key": key.pk, "role": role})
    return NewKey(key, f"{PREFIX}_{current_workspace_id()}_{key.pk}_{secret}")


def revoke(*, key: ApiKey, by: User | None = None) -> None:
    """The key opens nothing from now on. Revoking twice is revoking once."""
    changed = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        events.record("api_key.revoked", by=by, data={"api_key": key.pk})


def mark_used(*, key: ApiKey, at: datetime) -> None:
    """Remember that the key was used, at most once a minute and without waiting for anybody."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - _SEEN_EVERY)
    if key.last_used_at and key.last_used_at >= at - _SEEN_EVERY:
        return
    free = ApiKey.objects.select_for_update(skip_locked=True, no_key=True).filter(stale, pk=key.pk)
    ApiKey.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(last_used_at=at)
