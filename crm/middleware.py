"""From the URL to the workspace: membership checked, scope opened, the view run inside it."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from crm.kernel.reading import Reader, reading_as
from crm.kernel.requests import WorkspaceRequest
from crm.kernel.tenancy import workspace_scope
from crm.policies.roles import permissions_of
from crm.queries.memberships import memberships_of
from crm.views import file_host


class FileHostMiddleware:
    """The host of files answers files alone: what follows (pages, static files, sessions) never runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if file_host.is_home():
            raise ImproperlyConfigured("FILES_URL must name another host than BASE_URL.")
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return file_host.serve(request) if file_host.is_named_by(request) else self.get_response(request)


class WorkspaceMiddleware:
    """Runs views below /w/<slug>/ in the scope of that workspace; an outsider gets 404, not 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or not match.route.startswith("w/<slug:workspace>/"):
            return None
        slug = kwargs.pop("workspace")
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        memberships = list(memberships_of(request.user.pk))
        membership = next((one for one in memberships if one.workspace.slug == slug), None)
        if membership is None:
            raise Http404
        member = cast(WorkspaceRequest, request)
        member.memberships = memberships
        member.membership, member.workspace = membership, membership.workspace
        member.role, member.permissions = membership.role, permissions_of(membership.role)
        with (
            workspace_scope(membership.workspace_id),
            reading_as(Reader(membership.user_id, is_present=True)),
        ):
            response = view(request, *args, **kwargs)
            # A lazily rendered template queries here, inside the scope, or nowhere.
            return response.render() if isinstance(response, SimpleTemplateResponse) else response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", None):
        return HttpResponse(headers={"HX-Redirect": reverse("account_login")})
    return redirect_to_login(request.get_full_path())
