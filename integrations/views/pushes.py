from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.forms.ticked import ticked
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import go, refuse
from crm.models import Requisition
from crm.views.paging import page_of
from integrations.actions import pushes, undoing
from integrations.models import Push, PushItem
from integrations.queries.pushes import is_undoable, listed, pushes_of, reason, requisition_ref, told
from talentpools.queries import shortlists

DONE = 286  # htmx stops polling


@permission_required("pushes.create")
@require_http_methods(["GET", "POST"])
def preflight(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    if request.method == "POST":
        try:
            push = pushes.prepare(
                requisition=requisition,
                candidate_ids=_picked(request, requisition),
                by=request.membership.user,
            )
        except DomainError as refusal:
            return refuse(request, refusal)
        return _to(request, push)
    offered = shortlists.by_verdict(requisition)
    who = _who(request.GET.get("who"), offered)
    context = {
        "requisition": requisition,
        "crumbs": _crumbs(request, requisition, "Push"),
        "page": page_of(request, shortlists.entries(requisition, verdict=who)),
        "who": who,
        "offered": [(value, word, people) for value, word, people in offered if people],
        "shortlist_size": shortlists.sizes([requisition.pk]).get(requisition.pk, 0),
        "is_in_ats": requisition_ref(requisition) is not None,
        "pushes": pushes_of(requisition),
    }
    return render(request, "integrations/push/new.html", context)


@permission_required("pushes.create")
@require_safe
def show(request: WorkspaceRequest, push_id: int) -> HttpResponse:
    push = get_object_or_404(
        Push.objects.select_related("requisition", "connection", "created_by"), pk=push_id
    )
    show = request.GET.get("show", "")
    page = page_of(request, listed(push, show))
    context = told(push) | {
        "page": page,
        "items": [(item, reason(item), is_undoable(item)) for item in page.rows],
        "show": show,
        "crumbs": _crumbs(request, push.requisition, "Push"),
    }
    if request.htmx and not request.htmx.boosted:
        status = 200 if context["is_working"] else DONE
        return render(request, "integrations/push/detail.html#receipt", context, status=status)
    return render(request, "integrations/push/detail.html", context)


@permission_required("pushes.create")
@require_POST
def confirm(request: WorkspaceRequest, push_id: int) -> HttpResponse:
    push = get_object_or_404(Push.objects, pk=push_id)
    try:
        pushes.confirm(push=push, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _to(request, push)


@permission_required("pushes.create")
@require_POST
def match(request: WorkspaceRequest, push_id: int, item_id: int) -> HttpResponse:
    item = get_object_or_404(PushItem.objects, pk=item_id, push_id=push_id)
    external_id = request.POST.get("external_id", "")
    try:
        pushes.choose_match(item=item, external_id=external_id, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _to(request, item.push)


@permission_required("pushes.create")
@require_POST
def retry(request: WorkspaceRequest, push_id: int) -> HttpResponse:
    push = get_object_or_404(Push.objects, pk=push_id)
    pushes.retry(push=push)
    return _to(request, push)


@permission_required("pushes.create")
@require_POST
def undo(request: WorkspaceRequest, push_id: int) -> HttpResponse:
    push = get_object_or_404(Push.objects, pk=push_id)
    try:
        undoing.start(push=push, item_ids=ticked(request.POST) or None, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _to(request, push)


def _to(request: WorkspaceRequest, push: Push) -> HttpResponse:
    return go(request, reverse("integrations:push", args=[request.workspace.slug, push.pk]))


def _crumbs(request: WorkspaceRequest, requisition: Requisition, here: str) -> list[dict[str, str]]:
    slug = request.workspace.slug
    return [
        {"label": "Requisitions", "href": reverse("talentpools:requisitions", args=[slug])},
        {"label": requisition.title, "href": reverse("talentpools:shortlist", args=[slug, requisition.pk])},
        {"label": here},
    ]


def _who(asked: str | None, offered: list[tuple[str, str, int]]) -> str:
    """The verdict to push by: as asked, else whom the hiring manager wants, else ''; everybody."""
    people = {value: n for value, _, n in offered}
    if asked is not None:
        return asked if asked in people else ""
    return shortlists.APPROVED if people.get(shortlists.APPROVED) else ""


def _picked(request: WorkspaceRequest, requisition: Requisition) -> list[int] | None:
    """The people ticked, those of a verdict (`who`), or with `all` the list as it was narrowed.

    None is the whole list.
    """
    if "who" in request.POST:
        chosen = shortlists.entries(requisition, verdict=request.POST["who"])
        return list(chosen.values_list("candidate_id", flat=True))
    if request.POST.get("all") != "1":
        return ticked(request.POST) or None
    asked = QueryDict(request.POST.get("query", ""))
    narrowed = shortlists.entries(requisition, verdict=asked.get("verdict", ""), text=asked.get("q", ""))
    return list(narrowed.values_list("candidate_id", flat=True))
