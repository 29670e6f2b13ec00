"""Referrals, alumni and sources, for members."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import alumni, referrals, sources
from crm.forms.imports import LeaversForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Referral
from crm.policies.csv_files import written
from crm.queries import sources as found
from crm.views.capture_tabs import capture_tabs


@permission_required("capture.edit")
@require_safe
def referral_list(request: WorkspaceRequest) -> HttpResponse:
    path = reverse("referral", args=[request.workspace.slug, referrals.page_token()])
    context = {
        "referrals": Referral.objects.select_related("candidate").order_by("-created_at", "-pk")[:200],
        "link": f"{settings.BASE_URL}{path}",
        "tabs": capture_tabs(request, "crm:referrals"),
    }
    return render(request, "crm/referral/list.html", context)


@permission_required("imports.run")
@require_http_methods(["GET", "POST"])
def leavers(request: WorkspaceRequest) -> HttpResponse:
    form = LeaversForm(request.POST or None, request.FILES or None)
    outcomes: list[alumni.LeaverOutcome] = []
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            outcomes = alumni.take_in(content=content, by=request.membership.user)
        except DomainError as refusal:
            form.add_error("file", refusal.fields.get("file") or refusal.sentence)
    context = {"form": form, "outcomes": outcomes, "tabs": capture_tabs(request, "crm:alumni")}
    return render(request, "crm/alumni/import.html", context, status=422 if form.errors else 200)


@permission_required("capture.edit")
@require_safe
def source_list(request: WorkspaceRequest) -> HttpResponse:
    context = {
        "sources": found.sources(now=timezone.now()),
        "report": found.report()[:200],
        "tabs": capture_tabs(request, "crm:sources"),
    }
    return render(request, "crm/source/list.html", context)


@permission_required("fields.manage")
@require_POST
def source_rename(request: WorkspaceRequest) -> HttpResponse:
    before, after = request.POST.get("before", ""), request.POST.get("after", "")
    try:
        receipt = sources.rename(before=before, after=after, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    undo = reverse("crm:source_undo", args=[request.workspace.slug, receipt])
    toast = Toast(f"“{before or 'no source'}” is “{after}” now.", undo)
    return go(request, reverse("crm:sources", args=[request.workspace.slug]), toast=toast)


@permission_required("fields.manage")
@require_POST
def source_undo(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    try:
        count = sources.undo(receipt=receipt_id, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("crm:sources", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"{count:,} people have their source back."))


@permission_required("candidates.export")
@require_safe
def source_export(request: WorkspaceRequest) -> HttpResponse:
    text = "".join(written(found.table()))
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="answers-by-source.csv"'
    return response
