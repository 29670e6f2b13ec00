from typing import Any

from django.urls import NoReverseMatch, reverse

from crm.kernel.requests import WorkspaceRequest

_PAGES = (
    ("Forms", "crm:forms"),
    ("Landing pages", "crm:landing_pages"),
    ("Referrals", "crm:referrals"),
    ("Alumni", "crm:alumni"),
    ("Sources", "crm:sources"),
    ("Look", "crm:brand"),
)


def capture_tabs(request: WorkspaceRequest, current: str) -> list[dict[str, Any]]:
    """The pages about how people come in, for the tabs component."""
    tabs = []
    for label, name in _PAGES:
        try:
            href = reverse(name, args=[request.workspace.slug])
        except NoReverseMatch:
            continue
        tabs.append({"label": label, "href": href, "current": name == current, "count": None})
    return tabs
