from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from integrations.actions import field_mappings
from integrations.actions.field_mappings import Choice
from integrations.models import Connection
from integrations.providers import registry
from integrations.queries.field_mappings import Section, sections

TEMPLATE = "integrations/connection/fields.html"


@permission_required("connections.manage")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    if request.method != "POST":
        return _page(request, connection, None)
    chosen = _chosen(request.POST)
    try:
        run = field_mappings.save(
            connection=connection, choices=_choices(connection, chosen), by=request.membership.user
        )
    except DomainError as refusal:
        return _page(request, connection, chosen, refusal)
    if run is None:
        url = reverse("integrations:fields", args=[request.workspace.slug, connection.pk])
        return go(request, url, toast=Toast("Kept. If a sync is running, it is applied right after it."))
    url = reverse("integrations:sync", args=[request.workspace.slug, run.pk])
    return go(request, url, toast=Toast("The fields are mapped; what was read before follows."))


@permission_required("connections.manage")
@require_POST
def preview(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    return _page(request, connection, _chosen(request.POST))


def _page(
    request: WorkspaceRequest,
    connection: Connection,
    chosen: Mapping[str, str] | None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    at = _number((request.POST or request.GET).get("at"))
    vendor = registry.vendor(connection.kind)
    context: dict[str, Any] = {
        "connection": connection,
        "vendor": vendor,
        "sections": sections(
            connection, vendor.reads, chosen=chosen, faults=refusal.fields if refusal else {}, at=at
        ),
        "at": at,
        "next": at + 1,
        "refusal": refusal,
    }
    return render_page(request, TEMPLATE, context, partial="mapping", status=422 if refusal else 200)


def _chosen(posted: QueryDict) -> dict[str, str]:
    return dict(zip(posted.getlist("key"), posted.getlist("target"), strict=False))


def _choices(connection: Connection, chosen: Mapping[str, str]) -> list[Choice]:
    """Of every field the page showed, and no other."""
    told: list[Section] = sections(connection, registry.vendor(connection.kind).reads, chosen=chosen)
    return [
        Choice(line.record, line.field, line.label, line.target, line.default, line.kind)
        for section in told
        for line in section.lines
        if line.key in chosen
    ]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
