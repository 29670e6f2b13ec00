from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm.actions import requisitions as actions
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from crm.models import Requisition
from crm.queries import requisitions as queries
from crm.views.paging import page_of
from talentpools.forms import requisition_filters
from talentpools.forms.requisitions import RequisitionForm, values_of
from talentpools.queries import shortlists

TONES = {"open": "good", "on_hold": "warn", "filled": "accent", "closed": "idle", "cancelled": "idle"}
ICONS = {
    "open": "circle-dot",
    "on_hold": "circle-pause",
    "filled": "circle-check",
    "closed": "circle-x",
    "cancelled": "circle-x",
}


@permission_required("requisitions.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    filters = requisition_filters.read(request.GET)
    page = page_of(request, queries.requisitions(filters, sort=request.GET.get("sort", "-opened")))
    sizes = shortlists.sizes([row.pk for row in page.rows])
    context = {
        "page": page,
        "rows": [(row, sizes.get(row.pk, 0), badge(row)) for row in page.rows],
        "q": filters.text,
        "choices": requisition_filters.offered(request.GET, filters),
        "is_narrowed": filters != queries.RequisitionFilters(),
        "may_edit": "requisitions.edit" in request.permissions,
    }
    return render_page(request, "talentpools/requisition/list.html", context, partial="rows")


@permission_required("requisitions.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    form = RequisitionForm(
        request.POST if request.method == "POST" else None,
        colleagues=queries.colleagues(),
        initial={"recruiter": request.membership.user_id},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create(columns=form.columns, by=request.membership.user)
            return go(request, page_url(request, made), toast=Toast(f"“{made.title}” is open."))
        except DomainError as refusal:
            form.add_error(next(iter(refusal.fields), None), refusal.sentence)
    status = 422 if form.errors else 200
    return render(request, "talentpools/requisition/form.html", {"form": form}, status=status)


@permission_required("requisitions.edit")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    form = RequisitionForm(
        request.POST if request.method == "POST" else None,
        colleagues=queries.colleagues(),
        initial=values_of(requisition),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(requisition=requisition, columns=form.columns, by=request.membership.user)
            return go(request, page_url(request, requisition), toast=Toast("Saved."))
        except DomainError as refusal:
            form.add_error(next(iter(refusal.fields), None), refusal.sentence)
    context = {"form": form, "requisition": requisition}
    status = 422 if form.errors else 200
    return render(request, "talentpools/requisition/form.html", context, status=status)


@permission_required("requisitions.view")
@require_safe
def opened(request: WorkspaceRequest) -> HttpResponse:
    """A fragment of Today: what opened lately, with how many people are picked already."""
    rows = list(queries.opened_since(timezone.now())[:8])
    ids = [row.pk for row in rows]
    sizes, judged = shortlists.sizes(ids), shortlists.judged(ids)
    context = {"rows": [(row, sizes.get(row.pk, 0), judged.get(row.pk)) for row in rows]}
    return render(request, "talentpools/requisition/today.html", context)


def around(request: WorkspaceRequest, requisition: Requisition, tab: str) -> dict[str, Any]:
    """What every page of a requisition shows around its tab."""
    slug = request.workspace.slug
    size = shortlists.sizes([requisition.pk]).get(requisition.pk, 0)
    tabs = [
        ("matches", "People who fit", "talentpools:requisition", None),
        ("shortlist", "Shortlist", "talentpools:shortlist", size),
    ]
    return {
        "requisition": requisition,
        "badge": badge(requisition),
        "shortlist_size": size,
        "tabs": [
            {
                "label": label,
                "href": reverse(name, args=[slug, requisition.pk]),
                "current": key == tab,
                "count": count,
            }
            for key, label, name, count in tabs
        ],
        "crumbs": [
            {"label": "Requisitions", "href": reverse("talentpools:requisitions", args=[slug])},
            {"label": requisition.title},
        ],
        "push_url": _push_url(request, requisition) if size else "",
        "may_edit": "requisitions.edit" in request.permissions,
        "may_shortlist": "shortlists.edit" in request.permissions,
    }


def badge(requisition: Requisition) -> dict[str, str]:
    """The status as a badge shows it."""
    return {
        "label": requisition.get_status_display(),
        "tone": TONES[requisition.status],
        "icon": ICONS[requisition.status],
    }


def page_url(request: WorkspaceRequest, requisition: Requisition) -> str:
    return reverse("talentpools:requisition", args=[request.workspace.slug, requisition.pk])


def _push_url(request: WorkspaceRequest, requisition: Requisition) -> str:
    """Where the ATS push begins; nowhere when this member may not, or no ATS app is installed."""
    if "pushes.create" not in request.permissions:
        return ""
    try:
        return reverse("integrations:push_preflight", args=[request.workspace.slug, requisition.pk])
    except NoReverseMatch:
        return ""
