from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page
from journeys.forms.templates import LibraryFilterForm
from journeys.models import Piece, Template
from journeys.policies import variants
from journeys.queries import content_results, library
from journeys.queries import pieces as shelf
from journeys.queries.content_results import Results


@permission_required("journeys.view")
@require_safe
def templates(request: WorkspaceRequest) -> HttpResponse:
    form = LibraryFilterForm(request.GET, kinds=list(Template.Kind.choices))
    rows = list(library.templates(form.cleaned_data if form.is_valid() else {}))
    readers, used = library.readers_of(rows), library.journeys_by_template()
    results = content_results.by_template() if "results" in request.GET else None
    context = {
        "rows": [(row, readers[row.pk], used.get(row.key, []), _of(results, row.pk)) for row in rows],
        "form": form,
        "is_narrowed": form.is_valid() and any(form.cleaned_data.values()),
        "has_results": results is not None,
        "tabs": tabs(request, "templates"),
    }
    return render_page(request, "journeys/template/list.html", context, partial="rows")


@permission_required("journeys.view")
@require_safe
def pieces(request: WorkspaceRequest) -> HttpResponse:
    form = LibraryFilterForm(request.GET, kinds=list(Piece.Kind.choices))
    rows = list(library.pieces(form.cleaned_data if form.is_valid() else {}))
    used = shelf.templates_by_piece()
    results = content_results.by_piece() if "results" in request.GET else None
    context = {
        "rows": [(row, _for_whom(row), used.get(row.key, []), _of(results, row.pk)) for row in rows],
        "form": form,
        "is_narrowed": form.is_valid() and any(form.cleaned_data.values()),
        "has_results": results is not None,
        "tabs": tabs(request, "pieces"),
    }
    return render_page(request, "journeys/piece/list.html", context, partial="rows")


def tabs(request: WorkspaceRequest, current: str) -> list[dict[str, Any]]:
    """The pages of Content."""
    slug = request.workspace.slug
    pages = [
        ("templates", _("Templates")),
        ("pieces", _("Snippets and assets")),
        ("check_in_forms", _("Check-ins")),
        ("campaigns", _("Newsletters")),
    ]
    return [
        {"label": label, "href": reverse(f"journeys:{name}", args=[slug]), "current": name == current}
        for name, label in pages
    ]


def _of(results: dict[int, Results] | None, pk: int) -> Results | None:
    return results.get(pk, Results()) if results is not None else None


def _for_whom(piece: Piece) -> str:
    segmentless = variants.Written(piece.role_family, piece.language)
    return variants.for_whom(segmentless, {})
