from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import capture_forms
from crm.forms.capture_forms import NewCaptureForm, SettingsForm
from crm.forms.public_forms import PublicForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import CaptureForm, User
from crm.policies import form_questions, qr_codes
from crm.policies.csv_files import written
from crm.queries import capture_forms as found
from crm.queries import public_pages
from crm.queries.candidate_list import owners
from crm.views.capture_tabs import capture_tabs
from crm.views.paging import page_of


@permission_required("capture.edit")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    rows = found.forms_with_counts(now=timezone.now())
    return render(request, "crm/form/list.html", {"rows": rows, "tabs": capture_tabs(request, "crm:forms")})


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    form = NewCaptureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        company = request.workspace.legal_name or request.workspace.name
        made = capture_forms.create(**form.cleaned_data, company=company, by=request.membership.user)
        return go(request, url(request, "form_edit", made.pk))
    return render(request, "crm/form/new.html", {"form": form}, status=422 if form.errors else 200)


@permission_required("capture.edit")
@require_safe
def show(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    form = the_form(form_id)
    now = timezone.now()
    context = {
        "form": form,
        "row": found.row_of(form, now=now),
        "sources": found.by_source(form, now=now),
        "latest": found.submissions(form)[:5],
        "public_url": public_url(request, form),
        "embed_code": _embed_code(request, form),
        "panels": _panels(request, form),
        "tabs": form_tabs(request, form, "form"),
    }
    return render(request, "crm/form/detail.html", context)


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    form = the_form(form_id)
    fields = SettingsForm(request.POST or None, form=form, owners=owners())
    if request.method == "POST" and fields.is_valid():
        owner = User.objects.filter(pk=fields.cleaned_data["owner"] or 0).first()
        given = fields.given() | {"owner": owner}
        capture_forms.change(form=form, given=given, by=request.membership.user)
        return go(request, url(request, "form_edit", form.pk), toast=Toast("Saved."))
    context = {
        "form": form,
        "fields": fields,
        "questions": form_questions.read(form.questions),
        "tabs": form_tabs(request, form, "form_edit"),
        "public_url": public_url(request, form),
    }
    return render(request, "crm/form/edit.html", context, status=422 if fields.errors else 200)


@permission_required("capture.edit")
@require_safe
def preview(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    form = the_form(form_id)
    look = public_pages.look(request.workspace)
    fields = PublicForm(form, is_preview=True)
    context = {"workspace": request.workspace, "look": look, "form": form, "fields": fields}
    response = HttpResponse(render_to_string("crm/public/form.html", context))
    response._csp_replace = {"form-action": ["'none'"]}  # type: ignore[attr-defined]
    return response


@permission_required("capture.edit")
@require_POST
def publication(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    """Publish, or with `close` close it."""
    form = the_form(form_id)
    by = request.membership.user
    try:
        if "close" in request.POST:
            capture_forms.close(form=form, by=by)
            return go(
                request, url(request, "form", form.pk), toast=Toast("Closed. Visitors read that it is over.")
            )
        capture_forms.publish(form=form, by=by)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(
        request, url(request, "form", form.pk), toast=Toast("Live. Everybody with the link can fill it in.")
    )


@permission_required("capture.edit")
@require_POST
def copy(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    twin = capture_forms.copy(form=the_form(form_id), by=request.membership.user)
    return go(request, url(request, "form_edit", twin.pk), toast=Toast("Copied. This one is a draft."))


@permission_required("capture.edit")
@require_POST
def delete(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    form = the_form(form_id)
    try:
        capture_forms.delete(form=form, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, reverse("crm:forms", args=[request.workspace.slug]), toast=Toast("Deleted."))


@permission_required("capture.edit")
@require_safe
def answers(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    form = the_form(form_id)
    q = request.GET.get("q", "")
    page = page_of(request, found.submissions(form, q=q))
    context = {
        "form": form,
        "q": q,
        "page": page,
        "submissions": page.rows,
        "tabs": form_tabs(request, form, "form_answers"),
    }
    return render_page(request, "crm/form/answers.html", context, partial="rows")


@permission_required("candidates.export")
@require_safe
def export(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    form = the_form(form_id)
    text = "".join(written(found.table(form)))
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{form.slug}-answers.csv"'
    return response


@permission_required("capture.edit")
@require_safe
def qr(request: WorkspaceRequest, form_id: int, kind: str) -> HttpResponse:
    form = the_form(form_id)
    return qr_picture(f"{public_url(request, form)}?utm_medium=qr", form.slug, kind)


def qr_picture(address: str, name: str, kind: str) -> HttpResponse:
    """The address as a picture to download."""
    if kind not in qr_codes.TYPES:
        raise Http404
    response = HttpResponse(qr_codes.qr_code(address, kind), content_type=qr_codes.TYPES[kind])
    response["Content-Disposition"] = f'inline; filename="{name}-qr.{kind}"'
    return response


def the_form(form_id: int) -> CaptureForm:
    return get_object_or_404(CaptureForm.objects.select_related("consent_text", "owner"), pk=form_id)


def url(request: WorkspaceRequest, name: str, form_id: int, *more: Any) -> str:
    return reverse(f"crm:{name}", args=[request.workspace.slug, form_id, *more])


def public_url(request: WorkspaceRequest, form: CaptureForm) -> str:
    return str(settings.BASE_URL) + reverse("public_form", args=[request.workspace.slug, form.slug])


def form_tabs(request: WorkspaceRequest, form: CaptureForm, current: str) -> list[dict[str, Any]]:
    """The pages of one form."""
    pages = (("Overview", "form"), ("Questions and settings", "form_edit"), ("Answers", "form_answers"))
    return [
        {"label": label, "href": url(request, name, form.pk), "current": name == current, "count": None}
        for label, name in pages
    ]


def _embed_code(request: WorkspaceRequest, form: CaptureForm) -> str:
    if not form.allowed_sites:
        return ""
    address = settings.BASE_URL + reverse("public_form_embed", args=[request.workspace.slug, form.slug])
    return f'<iframe src="{address}" title="{form.title}" width="100%" height="900" loading="lazy"></iframe>'


def _panels(request: WorkspaceRequest, form: CaptureForm) -> list[str]:
    urls = []
    for name in settings.FORM_PANELS:
        try:
            urls.append(reverse(name, args=[request.workspace.slug, form.pk]))
        except NoReverseMatch:
            continue
    return urls


def back(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    return redirect(url(request, "form_edit", form_id) + "#questions")
