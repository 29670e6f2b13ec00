from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from journeys.actions import pieces
from journeys.actions.pieces import Draft
from journeys.forms.templates import PieceForm
from journeys.models import Piece
from journeys.policies.rendering import as_html
from journeys.queries import content_results, library, merge_values
from journeys.queries import pieces as found
from journeys.views.shelved import shelved


@permission_required("content.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: WorkspaceRequest, piece_id: int = 0) -> HttpResponse:
    piece = get_object_or_404(found.living(), pk=piece_id) if piece_id else None
    before = _before(request, piece)
    form = PieceForm(request.POST or None, initial=before, languages=library.languages())
    if request.method == "POST" and form.is_valid():
        # An emptied key is the one it had: templates call it.
        given = {name: value for name, value in form.cleaned_data.items() if value or name != "key"}
        draft = Draft(**(before | given))
        try:
            kept = pieces.save(draft=draft, by=request.membership.user, piece=piece)
        except DomainError as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            return go(request, _page(request, kept), toast=Toast(f"“{kept.name}” is saved."))
    return _form(request, piece, form)


duplicate, archive, restore = shelved(Piece, pieces)


def _before(request: WorkspaceRequest, piece: Piece | None) -> dict[str, Any]:
    of = request.GET.get("variant_of", "")
    source = piece or (found.living().filter(pk=of).first() if of.isdecimal() else None)
    return {name: getattr(source, name) for name in Draft.__slots__} if source else {}


def _form(request: WorkspaceRequest, piece: Piece | None, form: PieceForm) -> HttpResponse:
    context: dict[str, Any] = {
        "piece": piece,
        "form": form,
        "html": as_html(str(form["body"].value() or "")),
        "fields": merge_values.known_fields(),
        "calls": found.calls(),
    }
    if piece:
        context |= {
            "used": found.templates_using(piece.key),
            "variants": found.living().filter(key=piece.key),
            "results": content_results.by_piece().get(piece.pk),
        }
    status = 422 if form.errors else 200
    return render_page(request, "journeys/piece/form.html", context, status=status)


def _page(request: WorkspaceRequest, piece: Piece) -> str:
    return reverse("journeys:piece", args=[request.workspace.slug, piece.pk])
