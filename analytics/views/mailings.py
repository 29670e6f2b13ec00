from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from analytics.actions import mailings
from analytics.models import Mailing, Recipient
from analytics.queries.views import views_for
from crm.forms.ticked import ticked
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page


@permission_required("analytics.view")
@require_POST
def create(request: WorkspaceRequest, figure_view_id: int) -> HttpResponse:
    view = get_object_or_404(views_for(request.membership.user_id), pk=figure_view_id)
    every = request.POST.get("every", "")
    try:
        mailings.create(
            view=view,
            every=every if every in Mailing.Every.values else Mailing.Every.WEEK,
            users=ticked(request.POST, "users"),
            by=request.membership.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _views(request), toast=Toast(f"“{view.name}” will be mailed."))


@permission_required("analytics.view")
@require_POST
def remove(request: WorkspaceRequest, mailing_id: int) -> HttpResponse:
    mine = Mailing.objects.filter(created_by_id=request.membership.user_id)
    mailing = get_object_or_404(mine, pk=mailing_id)
    mailings.remove(mailing=mailing, by=request.membership.user)
    return go(request, _views(request), toast=Toast("It is mailed no more."))


@permission_required("analytics.view")
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: WorkspaceRequest, recipient_id: int) -> HttpResponse:
    mine = Recipient.objects.filter(user_id=request.membership.user_id)
    recipient = get_object_or_404(mine.select_related("mailing__view"), pk=recipient_id)
    if request.method != "POST":
        return render_page(request, "analytics/view/unsubscribe.html", {"recipient": recipient})
    mailings.unsubscribe(recipient=recipient, now=timezone.now())
    return go(request, _views(request), toast=Toast("You get this mail no more."))


def _views(request: WorkspaceRequest) -> str:
    return reverse("analytics:views", args=[request.workspace.slug])
