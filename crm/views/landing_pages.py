from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import landing_pages
from crm.forms.landing_pages import BlockForm, LandingPageForm, NewBlockForm
from crm.forms.public_forms import PublicForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import CaptureForm, LandingPage
from crm.policies import page_blocks
from crm.queries import landing_pages as found
from crm.queries import public_pages
from crm.views.capture_forms import qr_picture
from crm.views.capture_tabs import capture_tabs


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest) -> HttpResponse:
    """The pages, and a new one from a title and a form."""
    form = LandingPageForm(request.POST or None, forms_offered=_offered())
    if request.method == "POST" and form.is_valid():
        page = landing_pages.create(
            title=form.cleaned_data["title"], form_id=form.form_id(), by=request.membership.user
        )
        return go(request, _url(request, "landing_page", page.pk))
    context = {
        "rows": found.pages_with_counts(now=timezone.now()),
        "form": form,
        "tabs": capture_tabs(request, "crm:landing_pages"),
    }
    return render(request, "crm/landing_page/list.html", context, status=422 if form.errors else 200)


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def show(request: WorkspaceRequest, landing_page_id: int) -> HttpResponse:
    page = _page(landing_page_id)
    initial = {"title": page.title, "form": page.form_id or ""}
    form = LandingPageForm(request.POST or None, forms_offered=_offered(), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {"title": form.cleaned_data["title"], "form": _form(form.form_id())}
        landing_pages.change(page=page, given=given, by=request.membership.user)
        return go(request, _url(request, "landing_page", page.pk), toast=Toast("Saved."))
    context = {
        "page": page,
        "row": found.row_of(page, now=timezone.now()),
        "blocks": page_blocks.read(page.blocks),
        "form": form,
        "new_block": NewBlockForm(),
        "public_url": _public_url(request, page),
    }
    return render(request, "crm/landing_page/detail.html", context, status=422 if form.errors else 200)


@permission_required("capture.edit")
@require_safe
def preview(request: WorkspaceRequest, landing_page_id: int) -> HttpResponse:
    page = _page(landing_page_id)
    context: dict[str, Any] = {
        "workspace": request.workspace,
        "look": public_pages.look(request.workspace),
        "page": page,
        "blocks": page_blocks.read(page.blocks),
        "openings": public_pages.openings(),
        "form": page.form,
        "fields": PublicForm(page.form, is_preview=True) if page.form else None,
        "is_preview": True,
    }
    return HttpResponse(render_to_string("crm/public/landing_page.html", context))


@permission_required("capture.edit")
@require_POST
def publication(request: WorkspaceRequest, landing_page_id: int) -> HttpResponse:
    page, is_live = _page(landing_page_id), "close" not in request.POST
    landing_pages.set_live(page=page, is_live=is_live, by=request.membership.user)
    toast = Toast("Live. Everybody can open it." if is_live else "Closed.")
    return go(request, _url(request, "landing_page", page.pk), toast=toast)


@permission_required("capture.edit")
@require_POST
def add_block(request: WorkspaceRequest, landing_page_id: int) -> HttpResponse:
    page = _page(landing_page_id)
    form = NewBlockForm(request.POST)
    if not form.is_valid():
        return redirect(_url(request, "landing_page", page.pk))
    block = page_blocks.new(form.cleaned_data["kind"])
    try:
        landing_pages.put(page=page, block=block)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request, "landing_block", page.pk, block.id))


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def edit_block(request: WorkspaceRequest, landing_page_id: int, block: str) -> HttpResponse:
    page = _page(landing_page_id)
    one = next((one for one in page_blocks.read(page.blocks) if one.id == block), None)
    if one is None:
        raise Http404
    form = BlockForm(request.POST or None, block=one)
    if request.method == "POST" and form.is_valid():
        landing_pages.put(page=page, block=form.chosen())
        return go(request, _url(request, "landing_page", page.pk))
    context = {"page": page, "form": form, "block": one}
    return render(request, "crm/landing_page/block.html", context, status=422 if form.errors else 200)


@permission_required("capture.edit")
@require_POST
def move_block(request: WorkspaceRequest, landing_page_id: int, block: str) -> HttpResponse:
    places = -1 if request.POST.get("to") == "up" else 1
    landing_pages.move(page=_page(landing_page_id), block_id=block, by_places=places)
    return redirect(_url(request, "landing_page", landing_page_id))


@permission_required("capture.edit")
@require_POST
def remove_block(request: WorkspaceRequest, landing_page_id: int, block: str) -> HttpResponse:
    landing_pages.drop(page=_page(landing_page_id), block_id=block)
    return redirect(_url(request, "landing_page", landing_page_id))


@permission_required("capture.edit")
@require_safe
def qr(request: WorkspaceRequest, landing_page_id: int, kind: str) -> HttpResponse:
    page = _page(landing_page_id)
    return qr_picture(f"{_public_url(request, page)}?utm_medium=qr", page.slug, kind)


def _page(pk: int) -> LandingPage:
    return get_object_or_404(LandingPage.objects.select_related("form__consent_text"), pk=pk)


def _offered() -> list[tuple[str, str]]:
    rows = CaptureForm.objects.exclude(state=CaptureForm.State.CLOSED).order_by("title")
    return [(str(pk), title) for pk, title in rows.values_list("pk", "title")]


def _form(pk: int | None) -> CaptureForm | None:
    return CaptureForm.objects.filter(pk=pk or 0).first()


def _url(request: WorkspaceRequest, name: str, pk: int, *more: str) -> str:
    return reverse(f"crm:{name}", args=[request.workspace.slug, pk, *more])


def _public_url(request: WorkspaceRequest, page: LandingPage) -> str:
    return str(settings.BASE_URL) + reverse("public_page", args=[request.workspace.slug, page.slug])
