"""Addresses without and with a slash at the end, both the same resource."""

from collections.abc import Mapping

from django.urls import URLPattern, path

from crm.api.resources import Resource


def routes(resources: Mapping[str, type[Resource]]) -> list[URLPattern]:
    """URL patterns of an app's resources, for its `api/urls.py`; each is named after its class."""
    patterns = []
    for route, resource in resources.items():
        view = resource.as_view()
        patterns.append(path(route, view, name=resource.__name__.lower()))
        patterns.append(path(f"{route}/", view))
    return patterns
