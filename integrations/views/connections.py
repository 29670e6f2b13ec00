from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from integrations.actions import connections, subscriptions
from integrations.forms.connections import ConnectionForm, StageForm
from integrations.models import Connection
from integrations.providers import registry
from integrations.providers.base import Vendor
from integrations.queries.connections import connections_with_runs, detail, in_need, removal, stage_mappings

DONE = 286  # htmx stops polling


@permission_required("connections.manage")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    rows = [(line, registry.vendor(line.connection.kind)) for line in connections_with_runs()]
    context = {"rows": rows, "vendors": registry.VENDORS.values()}
    return render(request, "integrations/connection/list.html", context)


@permission_required("requisitions.view")
@require_safe
def attention(request: WorkspaceRequest) -> HttpResponse:
    """A fragment of Today: which ATS is not read any more, and why."""
    return render(request, "integrations/connection/today.html", {"connections": in_need()[:8]})


@permission_required("connections.manage")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest, kind: str) -> HttpResponse:
    vendor = _vendor(kind)
    form = ConnectionForm(request.POST or None, vendor=vendor)
    if request.method == "POST" and form.is_valid():
        try:
            made = connections.create(
                kind=kind,
                name=form.cleaned_data["name"],
                settings=form.settings,
                credentials=form.credentials,
                by=request.membership.user,
            )
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return _checking(request, made)
    context = {"form": form, "vendor": vendor}
    return render(request, "integrations/connection/form.html", context, status=422 if form.errors else 200)


@permission_required("connections.manage")
@require_safe
def show(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    return render(request, "integrations/connection/detail.html", _told(request, connection))


@permission_required("connections.manage")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    vendor = registry.vendor(connection.kind)
    form = ConnectionForm(request.POST or None, vendor=vendor, connection=connection)
    if request.method == "POST" and form.is_valid():
        given = {
            "name": form.cleaned_data["name"],
            "settings": form.settings,
            "credentials": form.credentials,
        }
        try:
            connections.update(connection=connection, **given, by=request.membership.user)
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return _checking(request, connection)
    context = {"form": form, "vendor": vendor, "connection": connection}
    return render(request, "integrations/connection/form.html", context, status=422 if form.errors else 200)


@permission_required("connections.manage")
@require_POST
def check(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    return _checking(request, get_object_or_404(Connection.objects, pk=connection_id))


@permission_required("connections.manage")
@require_safe
def verdict(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    context = _told(request, connection)
    is_open = bool(connection.verdict.get("checking"))
    answer = render(
        request, "integrations/connection/detail.html#verdict", context, status=200 if is_open else DONE
    )
    if not is_open:
        answer["HX-Refresh"] = "true"  # state and freshness stand around the verdict
    return answer


@permission_required("connections.manage")
@require_POST
def subscribe(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    if not registry.vendor(connection.kind).subscribes:
        raise Http404
    subscriptions.begin(connection=connection, by=request.membership.user)
    toast = Toast("The webhooks are being set up; the page says when they are.", tone="info")
    return go(request, _url(request, connection), toast=toast)


@permission_required("connections.manage")
@require_POST
def switch(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    is_paused = connection.state == Connection.State.PAUSED
    act = connections.resume if is_paused else connections.pause
    try:
        act(connection=connection, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    words = "syncs again" if is_paused else "is paused; nothing was lost"
    return go(request, _url(request, connection), toast=Toast(f"“{connection.name}” {words}."))


@permission_required("connections.manage")
@require_http_methods(["GET", "POST"])
def remove(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    if request.method != "POST":
        context = {"connection": connection} | removal(connection)
        return render(request, "integrations/connection/removal.html", context)
    try:
        connections.remove(connection=connection, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("integrations:connections", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"“{connection.name}” is removed. People and their history stay."))


@permission_required("connections.manage")
@require_POST
def disconnect(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    connections.disconnect(
        connection=connection, forgets_payloads="payloads" in request.POST, by=request.membership.user
    )
    toast = Toast(f"“{connection.name}” is disconnected. What was read stays.")
    return go(request, _url(request, connection), toast=toast)


@permission_required("connections.manage")
@require_http_methods(["GET", "POST"])
def stages(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    mappings = stage_mappings(connection)
    form = StageForm(request.POST or None, mappings=mappings)
    if request.method == "POST" and form.is_valid():
        connections.map_stages(chosen=form.changes(), by=request.membership.user)
        url = reverse("integrations:stages", args=[request.workspace.slug, connection.pk])
        return go(request, url, toast=Toast("The stages are mapped; history under them follows."))
    rows = [(mapping, form[f"stage-{mapping.pk}"]) for mapping in mappings]
    context = {"connection": connection, "rows": rows, "unmapped": sum(not m.stage for m in mappings)}
    return render(request, "integrations/connection/stages.html", context, status=422 if form.errors else 200)


def _told(request: WorkspaceRequest, connection: Connection) -> dict[str, Any]:
    vendor = registry.vendor(connection.kind)
    return detail(connection, request.build_absolute_uri) | {"vendor": vendor}


def _vendor(kind: str) -> Vendor:
    try:
        return registry.vendor(kind)
    except registry.UnknownVendor as unknown:
        raise Http404 from unknown


def _checking(request: WorkspaceRequest, connection: Connection) -> HttpResponse:
    """A live check uses the network, so a worker does it; the page polls for the verdict."""
    connections.begin_check(connection=connection)
    return go(request, _url(request, connection))


def _url(request: WorkspaceRequest, connection: Connection) -> str:
    return reverse("integrations:connection", args=[request.workspace.slug, connection.pk])
