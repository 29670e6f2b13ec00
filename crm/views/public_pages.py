"""The door of pages anybody may open: no account, no cookie, no JavaScript, nothing kept in the browser.

No cookie comes in, so a foreign site has nothing it could make a browser send along: these forms carry a
signed token of their own and no CSRF token.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from crm.actions import visits
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from crm.policies import brand_colors, file_types
from crm.policies.form_questions import MOST_FILES
from crm.policies.tokens import Purpose, unseal
from crm.policies.touches import Touch, is_robot, touch_of
from crm.queries import public_pages
from crm.queries.public_pages import Look
from crm.views.languages import spoken

# As much as a form may bring: MOST_FILES of the largest, and the answers.
MOST_BYTES = MOST_FILES * file_types.LARGEST + 2_000_000


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody opened a public page of this workspace; nobody knows who."""

    request: HttpRequest
    workspace: Workspace
    look: Look

    def page(
        self, template: str, context: dict[str, Any], *, status: int = 200, sites: Sequence[str] = ()
    ) -> HttpResponse:
        """The page, rendered without the request: nothing of a session can get in. `sites` may frame it."""
        shared = {"workspace": self.workspace, "look": self.look, "is_embedded": bool(sites)}
        response = HttpResponse(render_to_string(template, shared | context), status=status)
        response["Referrer-Policy"] = "no-referrer"
        if sites:
            response.xframe_options_exempt = True
            response._csp_replace = {"frame-ancestors": ["'self'", *sites]}  # type: ignore[attr-defined]
        return response

    def touch(self, page: str) -> Touch:
        """Where the visitor came from, as the address and the linking site tell."""
        request = self.request
        return touch_of(
            request.GET.dict(),
            referrer=request.headers.get("Referer", ""), own_host=request.get_host(), page=page,
        )  # fmt: skip

    def count(self, page: str, source: str) -> None:
        """One more visit, unless a machine says it is one."""
        if self.request.method == "GET" and not is_robot(self.request.headers.get("User-Agent", "")):
            visits.count(page=page, source=source, day=timezone.localdate())


Coded = Callable[[Visit, int, int], HttpResponse]


def public_view(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Open the scope of the workspace in the address and hand over the visit; no workspace is a 404."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, workspace: str, *args: Any, **kwargs: Any) -> HttpResponse:
        forget_cookies(request)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            return spoken(request, "", _too_large)
        found = Workspace.objects.filter(slug=workspace).first()
        if found is None:
            raise Http404
        with workspace_scope(found.pk):
            visit = Visit(request, found, public_pages.look(found))
            return spoken(request, "", lambda: view(visit, *args, **kwargs))

    return opened


def coded_view(
    purpose: Purpose, locale_of: Callable[[int], str]
) -> Callable[[Coded], Callable[[HttpRequest, str], HttpResponse]]:
    """Open the scope the code names, in the language of whom its first number is about.

    Anything but a genuine code is one and the same 404.
    """

    def door(view: Coded) -> Callable[[HttpRequest, str], HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            forget_cookies(request)
            ids = unseal(purpose, token)
            workspace = Workspace.objects.filter(pk=ids[0]).first() if ids and len(ids) == 3 else None
            if ids is None or workspace is None:
                return spoken(request, "", nobody)
            with workspace_scope(workspace.pk):
                visit = Visit(request, workspace, public_pages.look(workspace))
                response = spoken(request, locale_of(ids[1]), lambda: view(visit, ids[1], ids[2]))
            add_never_cache_headers(response)
            return response

        return opened

    return door


@require_safe
@public_view
def stylesheet(visit: Visit) -> HttpResponse:
    """The workspace's accent; its address carries a version, so it may be kept for long."""
    response = HttpResponse(brand_colors.stylesheet(visit.look.accent), content_type="text/css")
    response["Cache-Control"] = "public, max-age=604800"
    return response


@require_safe
@public_view
def logo(visit: Visit) -> HttpResponse:
    found = public_pages.logo()
    if found is None:
        raise Http404
    response = HttpResponse(found[0], content_type=found[1])
    response["Cache-Control"] = "public, max-age=604800"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def forget_cookies(request: HttpRequest) -> None:
    """Whoever is signed in with this browser is nobody here, and no cookie is read or set."""
    request.user = AnonymousUser()
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    if hasattr(request, "session"):
        del request.session


def _too_large() -> HttpResponse:
    return HttpResponse(render_to_string("crm/public/too_large.html"), status=413)


def nobody() -> HttpResponse:
    """One and the same answer, whatever is wrong with a code."""
    return HttpResponse(render_to_string("crm/person/unknown.html"), status=404)
