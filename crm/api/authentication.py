"""Who calls: an API key of one workspace. `Authorization: Bearer rk_<workspace>_<key>_<secret>`."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from crm.actions import api_keys
from crm.models import ApiKey, User
from crm.policies.roles import permissions_of
from crm.queries.api_keys import usable_key

_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Credential:
    """The parts of a key's text. Well formed is all that is known of it."""

    workspace_id: int
    key_id: int
    secret: str


def credential(request: HttpRequest | Request) -> Credential | None:
    """The key text that came with the request, taken apart; None when there is none or it is malformed."""
    scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    parts = text.strip().split("_", 3)
    if scheme.lower() != "bearer" or len(parts) != 4 or parts[0] != api_keys.PREFIX or not parts[3]:
        return None
    if not (parts[1].isdecimal() and parts[2].isdecimal() and text.isascii() and len(text) < 200):
        return None
    workspace_id, key_id = int(parts[1]), int(parts[2])
    if max(workspace_id, key_id) > _LARGEST_ID:
        return None
    return Credential(workspace_id, key_id, parts[3])


class ApiKeyAuthentication(BaseAuthentication):
    """`request.auth` is the ApiKey; `request.user` whoever made it. Runs inside the scope Resource opened."""

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        if not request.META.get("HTTP_AUTHORIZATION"):
            return None
        offered, now = credential(request), timezone.now()
        key = offered and usable_key(key_id=offered.key_id, secret=offered.secret, now=now)
        if not key:
            raise AuthenticationFailed("This API key does not exist, was revoked or has expired.")
        api_keys.mark_used(key=key, at=now)
        return key.created_by or AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """The view's `permission` for this method must be among the key's."""

    message = "This API key may not do that."

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        if request.method == "OPTIONS":
            return True
        method = "GET" if request.method == "HEAD" else request.method
        if method not in view.permission:
            return getattr(view, (method or "").lower(), None) is None  # 405 says more than 403
        return view.permission[method] in permissions_of_key(key)


def permissions_of_key(key: ApiKey) -> frozenset[str]:
    """What the key's role may do, narrowed to its scopes when it has any."""
    allowed = permissions_of(key.role)
    return allowed & frozenset(key.scopes) if key.scopes else allowed


def actor(request: Request) -> User | None:
    """The person in whose name the key acts: its maker, if known."""
    return request.user if isinstance(request.user, User) else None
