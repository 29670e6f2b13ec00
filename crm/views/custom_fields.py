"""The workspace's own candidate fields: add, rename, reorder, archive."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions import custom_fields
from crm.forms.custom_fields import CustomFieldForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import CustomField
from crm.queries.field_uses import uses


@permission_required("fields.manage")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest) -> HttpResponse:
    form = CustomFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            field = custom_fields.add(**form.given(), by=request.membership.user)
            return go(request, request.path, toast=Toast(f"“{field}” is on every profile now."))
        except DomainError as refusal:
            form.show_faults(refusal)
    fields = CustomField.objects.order_by("position", "label", "pk")
    context = {
        "form": form,
        "fields": [field for field in fields if not field.archived_at],
        "archived": [field for field in fields if field.archived_at],
    }
    return render(request, "crm/custom_field/list.html", context, status=422 if form.errors else 200)


@permission_required("fields.manage")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, custom_field_id: int) -> HttpResponse:
    field = get_object_or_404(CustomField.objects, pk=custom_field_id)
    form = CustomFieldForm(request.POST or None, field=field)
    if request.method == "POST" and form.is_valid():
        try:
            custom_fields.change(field=field, **form.given(), by=request.membership.user)
            return go(request, _list(request), toast=Toast(f"“{form.cleaned_data['label']}” is changed."))
        except DomainError as refusal:
            form.show_faults(refusal)
    context = {"form": form, "field": field, "uses": uses(f"custom.{field.key}")}
    return render(request, "crm/custom_field/edit.html", context, status=422 if form.errors else 200)


@permission_required("fields.manage")
@require_POST
def move(request: WorkspaceRequest, custom_field_id: int) -> HttpResponse:
    field = get_object_or_404(CustomField.objects, pk=custom_field_id)
    custom_fields.move(field=field, places=-1 if request.POST.get("to") == "up" else 1)
    return go(request, _list(request))


@permission_required("fields.manage")
@require_POST
def archive(request: WorkspaceRequest, custom_field_id: int) -> HttpResponse:
    field = get_object_or_404(CustomField.objects, pk=custom_field_id)
    by = request.membership.user
    undo = reverse("crm:custom_field_archive", args=[request.workspace.slug, field.pk])
    try:
        if field.archived_at:
            custom_fields.restore(field=field, by=by)
            return go(request, _list(request), toast=Toast(f"“{field}” is back, with its values."))
        custom_fields.archive(field=field, by=by)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _list(request), toast=Toast(f"“{field}” is archived; its values are kept.", undo))


def _list(request: WorkspaceRequest) -> str:
    return reverse("crm:custom_fields", args=[request.workspace.slug])
