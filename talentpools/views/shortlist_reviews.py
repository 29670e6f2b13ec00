from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Requisition
from talentpools.actions import shortlist_reviews as actions
from talentpools.forms.shortlist_reviews import InviteForm
from talentpools.models import ShortlistReview


@permission_required("shortlists.edit")
@require_POST
def invite(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    form = InviteForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "requisition": requisition}
        return render(request, "talentpools/requisition/review_form.html", context, status=422)
    try:
        review = actions.invite(requisition=requisition, by=request.membership.user, **form.cleaned_data)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _back(request, requisition_id, f"{review.reviewer_email} gets the link.")


@permission_required("shortlists.edit")
@require_POST
def remind(request: WorkspaceRequest, review_id: int) -> HttpResponse:
    review = get_object_or_404(ShortlistReview.objects, pk=review_id)
    try:
        actions.remind(review=review, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _back(request, review.requisition_id, f"{review.reviewer_email} gets the link again.")


@permission_required("shortlists.edit")
@require_POST
def revoke(request: WorkspaceRequest, review_id: int) -> HttpResponse:
    review = get_object_or_404(ShortlistReview.objects, pk=review_id)
    actions.revoke(review=review, by=request.membership.user)
    return _back(request, review.requisition_id, "The link no longer works. What was said stays.")


def _back(request: WorkspaceRequest, requisition_id: int, sentence: str) -> HttpResponse:
    url = reverse("talentpools:shortlist", args=[request.workspace.slug, requisition_id])
    return go(request, url, toast=Toast(sentence))
