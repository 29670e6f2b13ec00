"""What the library does with a template, a snippet or an asset: copy it, put it away, put it back."""

from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from journeys.models import Piece, Template

View = Callable[..., HttpResponseBase]


class Acts(Protocol):
    """The actions of one kind of content; each takes the row under the name of its kind, and `by`."""

    duplicate: Callable[..., Any]
    archive: Callable[..., None]
    restore: Callable[..., None]


def shelved(model: type[Template] | type[Piece], acts: Acts) -> tuple[View, View, View]:
    """The views that duplicate, archive and restore the row that `<model>_id` in the address names."""
    noun = model._meta.model_name or ""

    def page(request: WorkspaceRequest, pk: int) -> str:
        return reverse(f"journeys:{noun}", args=[request.workspace.slug, pk])

    def row(ids: dict[str, int], **only: Any) -> Any:
        return get_object_or_404(model.objects.all(), pk=ids[f"{noun}_id"], **only)

    def duplicate(request: WorkspaceRequest, **ids: int) -> HttpResponse:
        copied = acts.duplicate(**{noun: row(ids)}, by=request.membership.user)
        toast = Toast(f"“{copied.name}” is a copy nobody uses yet.")
        return go(request, page(request, copied.pk), toast=toast)

    def archive(request: WorkspaceRequest, **ids: int) -> HttpResponse:
        kept = row(ids, archived_at=None)
        try:
            acts.archive(**{noun: kept}, by=request.membership.user)
        except DomainError as refusal:
            return refuse(request, refusal)
        slug = request.workspace.slug
        undo = reverse(f"journeys:{noun}_restore", args=[slug, kept.pk])
        toast = Toast(f"“{kept.name}” is out of the library.", undo_url=undo)
        return go(request, reverse(f"journeys:{noun}s", args=[slug]), toast=toast)

    def restore(request: WorkspaceRequest, **ids: int) -> HttpResponse:
        kept = row(ids)
        try:
            acts.restore(**{noun: kept}, by=request.membership.user)
        except DomainError as refusal:
            return refuse(request, refusal)
        return go(request, page(request, kept.pk), toast=Toast(f"“{kept.name}” is back."))

    door = permission_required("content.manage")
    return door(require_POST(duplicate)), door(require_POST(archive)), door(require_POST(restore))
