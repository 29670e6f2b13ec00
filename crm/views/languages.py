"""Pages for candidates speak the candidate’s language; the browser’s where nobody knows it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from crm.policies import languages


def spoken(request: HttpRequest, locale: str, page: Callable[[], HttpResponse]) -> HttpResponse:
    """The page, made in the language of a person with this locale (blank: unknown)."""
    language = languages.chosen(locale, request.headers.get("Accept-Language", ""))
    with translation.override(language):
        response = page()
    if response.get("Content-Type", "").startswith("text/html"):
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
    return response
