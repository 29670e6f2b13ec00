"""Whose the relation with a person is: take, hand over, release, renew."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.actions import ownership
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Candidate, User
from crm.queries.candidate_list import owners
from crm.queries.candidates import living


class _NobodyChosen(DomainError):
    """Choose what to do, and a colleague to hand over to."""


@permission_required("candidates.edit")
@require_POST
def change(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(living(), pk=candidate_id)
    try:
        sentence = _act(request, candidate)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("crm:candidate", args=[request.workspace.slug, candidate.pk])
    return go(request, url, toast=Toast(sentence))


def _act(request: WorkspaceRequest, candidate: Candidate) -> str:
    by, asked = request.membership.user, request.POST.get("action", "")
    if asked == "take":
        ownership.take(candidate=candidate, by=by)
        return f"{candidate} is yours to keep in touch with."
    if asked == "release":
        ownership.release(candidate=candidate, by=by)
        return f"{candidate} is free to take."
    if asked == "extend":
        ownership.extend(candidate=candidate, by=by)
        return "Renewed: the time begins anew."
    to = request.POST.get("to", "")
    if asked != "hand_over" or to not in {str(pk) for pk, _ in owners()}:
        raise _NobodyChosen
    colleague = User.objects.get(pk=int(to))
    ownership.hand_over(candidate=candidate, to=colleague, by=by)
    return f"{candidate} is {colleague}'s from now on."
