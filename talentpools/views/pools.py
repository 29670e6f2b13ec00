from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.forms.candidate_filters import filters_from
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Event
from crm.views.paging import page_of
from talentpools.actions import access
from talentpools.actions import pools as actions
from talentpools.forms.access import access_of
from talentpools.forms.pool_filters import chips
from talentpools.forms.pools import PoolForm
from talentpools.models import Pool
from talentpools.queries import pools as queries
from talentpools.queries import reach, segment_uses, sizes
from talentpools.queries import segments as segment_queries
from talentpools.views.frames import colleagues_of, frame, looked_at


@permission_required("pools.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    visible = queries.visible_to(request.user.pk)
    loose = queries.segments_visible_to(request.user.pk).filter(pool=None).count()
    context = {"pools": queries.with_figures(visible, now=timezone.now()), "loose": loose}
    return render(request, "talentpools/pool/list.html", context | frame(request))


@permission_required("pools.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    form = PoolForm(request.POST or None, colleagues=colleagues_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            pool = _saved(request, form, None)
            return go(request, _url(request, pool), toast=Toast(f"Pool “{pool.name}” made."))
        except DomainError as refusal:
            form.add_error("name" if "name" in refusal.fields else None, refusal.sentence)
    return render(
        request, "talentpools/pool/form.html", {"form": form} | frame(request), status=_status(form)
    )


@permission_required("pools.edit")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, pool_id: int) -> HttpResponse:
    pool = _pool(request, pool_id)
    form = PoolForm(request.POST or None, initial=_values(pool), colleagues=colleagues_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            _saved(request, form, pool)
            return go(request, _url(request, pool), toast=Toast("Saved."))
        except DomainError as refusal:
            form.add_error("name" if "name" in refusal.fields else None, refusal.sentence)
    context = {"form": form, "pool": pool, "uses": segment_uses.pool_uses(pool.pk)} | frame(request)
    return render(request, "talentpools/pool/form.html", context, status=_status(form))


@permission_required("pools.edit")
@require_POST
def archive(request: WorkspaceRequest, pool_id: int) -> HttpResponse:
    pool = _pool(request, pool_id)
    try:
        actions.archive(pool=pool, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    index_url = reverse("talentpools:pools", args=[request.workspace.slug])
    return go(request, index_url, toast=Toast(f"Pool “{pool.name}” archived."))


@permission_required("pools.view")
@require_safe
def people(request: WorkspaceRequest, pool_id: int) -> HttpResponse:
    pool, now = _pool(request, pool_id), timezone.now()
    filters = filters_from(request.GET)
    page = page_of(request, queries.listed(pool, filters, sort=request.GET.get("sort", ""), now=now))
    context = _page(request, pool, "people") | {
        "page": page,
        "rows": queries.rows(pool, page.rows, now=now),
        "q": filters.text,
        "chips": chips(request.GET),
    }
    return render_page(request, "talentpools/pool/detail.html", context, partial="people")


@permission_required("pools.view")
@require_safe
def segments(request: WorkspaceRequest, pool_id: int) -> HttpResponse:
    pool = _pool(request, pool_id)
    context = _page(request, pool, "segments")
    context["segments"] = segment_queries.with_waiting().filter(pool=pool)
    return render(request, "talentpools/pool/segments.html", context)


@permission_required("pools.view")
@require_safe
def activity(request: WorkspaceRequest, pool_id: int) -> HttpResponse:
    pool = _pool(request, pool_id)
    happened = Event.objects.filter(kind__startswith="pool.", data__pool=pool.pk)
    page = page_of(request, happened.select_related("candidate", "actor").order_by("-occurred_at", "-pk"))
    return render(
        request, "talentpools/pool/activity.html", _page(request, pool, "activity") | {"page": page}
    )


@permission_required("pools.view")
@require_safe
def figures(request: WorkspaceRequest, pool_id: int) -> HttpResponse:
    pool, now = _pool(request, pool_id), timezone.now()
    context = _page(request, pool, "figures") | {
        "chart": sizes.pool_chart(pool, now=now),
        "depth": reach.depth(queries.people(pool), now=now),
        "uses": segment_uses.pool_uses(pool.pk),
    }
    return render(request, "talentpools/pool/figures.html", context)


def _page(request: WorkspaceRequest, pool: Pool, tab: str) -> dict[str, Any]:
    figures = queries.figures(pool, now=timezone.now())
    slug = request.workspace.slug
    tabs = [
        ("people", "People", "talentpools:pool", figures.people),
        ("segments", "Sub-segments", "talentpools:pool_segments", len(figures.segments)),
        ("figures", "Figures", "talentpools:pool_figures", None),
        ("activity", "Activity", "talentpools:pool_activity", None),
    ]
    items = [
        {"label": label, "href": reverse(name, args=[slug, pool.pk]), "current": key == tab, "count": count}
        for key, label, name, count in tabs
    ]
    crumbs = [{"label": "Pools", "href": reverse("talentpools:pools", args=[slug])}, {"label": pool.name}]
    new_segment_url = f"{reverse('talentpools:segment_new', args=[slug])}?pool={pool.pk}"
    context = {"pool": pool, "figures": figures, "tabs": items, "crumbs": crumbs}
    return context | {"new_segment_url": new_segment_url} | frame(request)


@transaction.atomic
def _saved(request: WorkspaceRequest, form: PoolForm, pool: Pool | None) -> Pool:
    by, draft = request.membership.user, form.draft()
    # Whom it names is decided while it is still seen as it was.
    if pool is not None:
        access.name_guests(kept=pool, **form.named, by=by)
        return actions.update(pool=pool, draft=draft, by=by)
    made = actions.create(draft=draft, by=by)
    access.name_guests(kept=made, **form.named, by=by)
    return made


def _pool(request: WorkspaceRequest, pool_id: int) -> Pool:
    return looked_at(request, get_object_or_404(queries.visible_to(request.user.pk), pk=pool_id))


def _values(pool: Pool) -> dict[str, Any]:
    return {name: getattr(pool, name) for name in ("name", "description", "role_family")} | access_of(pool)


def _status(form: PoolForm) -> int:
    return 422 if form.errors else 200


def _url(request: WorkspaceRequest, pool: Pool) -> str:
    return reverse("talentpools:pool", args=[request.workspace.slug, pool.pk])
