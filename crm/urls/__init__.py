"""Every address of the product. What a member sees is below /w/<slug>/; the slug picks the scope."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from crm.views import errors, workspaces

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

MEMBER_APPS = ("talentpools", "journeys", "integrations", "analytics")


def _inside() -> list[URLPattern | URLResolver]:
    apps = [app for app in MEMBER_APPS if find_spec(f"{app}.urls")]
    return [path("", include("crm.urls.workspace"))] + [path("", include(f"{app}.urls")) for app in apps]


urlpatterns = [
    path("", workspaces.home, name="home"),
    path("workspaces/new/", workspaces.new, name="workspace_new"),
    path("", include("crm.urls.public")),
    path("accounts/", include("allauth.urls")),
    path("w/<slug:workspace>/", include(_inside())),
]
