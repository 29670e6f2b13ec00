"""What the middleware promises to views, and the door every view has."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

P = ParamSpec("P")


class WorkspaceRequest(HttpRequest):
    """A signed-in member's request inside /w/<slug>/. Set by crm.middleware."""

    workspace: Any
    membership: Any
    memberships: list[Any]
    role: str
    permissions: frozenset[str]
    htmx: "HtmxDetails"


def permission_required(
    permission: str,
) -> Callable[
    [Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Answer 403 to members whose role lacks the permission (crm/policies/roles.py has the table)."""

    def door(
        view: Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            member = cast(WorkspaceRequest, request)
            if permission not in member.permissions:
                raise PermissionDenied
            return view(member, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)

    return door
