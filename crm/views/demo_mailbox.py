"""The demo's mailbox: what candidates would see. There is no such page outside the demo."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.actions import demo_mailbox as answers
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from crm.queries import demo_mailbox
from crm.queries.demo_mailbox import OpenMail


def _demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def shown(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return shown


@permission_required("inbox.view")
@require_safe
@_demo_only
def index(request: WorkspaceRequest) -> HttpResponse:
    wanted = request.GET.get("q", "")
    context = {"mails": demo_mailbox.mails(request.workspace.slug, to=wanted), "q": wanted}
    return render_page(request, "crm/mailbox/list.html", context, partial="results")


@permission_required("inbox.view")
@require_safe
@_demo_only
def show(request: WorkspaceRequest, key: str) -> HttpResponse:
    partial = "panel" if request.htmx and request.htmx.target == "panel" else ""
    return render_page(request, "crm/mailbox/detail.html", {"opened": _mail(request, key)}, partial=partial)


@permission_required("inbox.view")
@require_POST
@_demo_only
def answer(request: WorkspaceRequest, key: str) -> HttpResponse:
    opened, text = _mail(request, key), request.POST.get("text", "").strip()
    if not text:
        context = {"opened": opened, "wrong": True}
        return render_page(request, "crm/mailbox/detail.html", context, status=422)
    headers = {"Auto-Submitted": "auto-replied"} if request.POST.get("automatic") else {}
    answers.answer_as_candidate(opened=opened, text=text[:20_000], headers=headers)
    url = reverse("crm:mailbox", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"{opened.mail.to_address} has answered."))


def _mail(request: WorkspaceRequest, key: str) -> OpenMail:
    opened = demo_mailbox.mail(request.workspace.slug, key)
    if opened is None:
        raise Http404
    return opened
