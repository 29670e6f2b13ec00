"""How a view answers: a page or its fragment, a refusal, a toast beside the fragment it changed."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from crm.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Toast:
    """A sentence about what was done; `undo_url` is POSTed to take it back."""

    sentence: str
    undo_url: str = ""
    tone: str = "success"


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    partial: str = "",
    toast: Toast | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or `template#partial` when htmx asks; a toast rides along out-of-band."""
    is_fragment = bool(partial and getattr(request, "htmx", None) and not request.htmx.boosted)  # type: ignore[attr-defined]
    name = f"{template}#{partial}" if is_fragment else template
    response = render(request, name, context | {"toast": toast, "is_fragment": is_fragment}, status=status)
    if is_fragment and toast:
        response.write(render_to_string("components/toast.html", {"toast": toast, "oob": True}, request))
    patch_vary_headers(response, ["HX-Request"])
    return response


def refuse(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """The refusal in words, with its status (422 unless the refusal says otherwise)."""
    is_fragment = bool(getattr(request, "htmx", None))
    name = "components/refusal.html" if is_fragment else "errors/refused.html"
    return render(request, name, {"refusal": refusal}, status=refusal.status)


def go(request: HttpRequest, url: str, *, toast: Toast | None = None) -> HttpResponse:
    """To another page after a change: POST–redirect–GET, or HX-Redirect for htmx. The toast waits there."""
    if toast:
        request.session["toast"] = {
            "sentence": toast.sentence,
            "undo_url": toast.undo_url,
            "tone": toast.tone,
        }
    if getattr(request, "htmx", None):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)
