"""Every address of the product. What a member sees is below /w/<slug>/; the slug picks the scope."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from crm.api import docs
from crm.api.errors import not_found
from crm.views import errors, workspaces

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

MEMBER_APPS = ("talentpools", "journeys", "integrations", "analytics")


def _has(*names: str) -> bool:
    """Whether the module exists; asking for one inside a package that does not would raise."""
    specs = (find_spec(".".join(names[:depth])) for depth in range(1, len(names) + 1))
    return all(spec is not None and spec.origin is not None for spec in specs)


def _inside() -> list[URLPattern | URLResolver]:
    apps = [app for app in MEMBER_APPS if _has(app, "urls")]
    return [path("", include("crm.urls.workspace")), *(path("", include(f"{app}.urls")) for app in apps)]


def _api() -> list[URLPattern | URLResolver]:
    apps = [app for app in MEMBER_APPS if _has(app, "api", "urls")]
    included: list[URLPattern | URLResolver] = [
        path("", include(f"{app}.api.urls")) for app in ("crm", *apps)
    ]
    return [*included, path("<path:path>", not_found)]


urlpatterns = [
    path("api/docs/", docs.docs, name="api_docs"),
    path("api/v1/", include(_api())),
    path("", workspaces.home, name="home"),
    path("ui/", include("crm.urls.gallery")),
    path("workspaces/new/", workspaces.new, name="workspace_new"),
    path("", include("crm.urls.public")),
    path("", include("talentpools.urls.public")),
    path("", include("journeys.urls.public")),
    path("", include("analytics.urls.public")),
    path("hooks/ats/", include("integrations.urls.hooks")),
    path("accounts/", include("allauth.urls")),
    path("w/<slug:workspace>/", include(_inside())),
]
