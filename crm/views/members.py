from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.actions import memberships
from crm.forms.members import InvitationForm, RoleForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Invitation, Membership, Role
from crm.queries.memberships import members_of


@permission_required("members.manage")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, InvitationForm())


@permission_required("members.manage")
@require_POST
def invite(request: WorkspaceRequest) -> HttpResponse:
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        invitation = memberships.invite(**form.cleaned_data, by=request.membership)
    except DomainError as refusal:
        form.add_error("email" if "email" in refusal.fields else "role", refusal.sentence)
        return _page(request, form, status=422)
    return go(request, _index(request), toast=Toast(f"Invitation sent to {invitation.email}."))


@permission_required("members.manage")
@require_POST
def revoke(request: WorkspaceRequest, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects, pk=invitation_id)
    memberships.revoke(invitation=invitation, by=request.membership.user)
    return go(request, _index(request), toast=Toast(f"The invitation of {invitation.email} no longer works."))


@permission_required("members.manage")
@require_POST
def change(request: WorkspaceRequest, membership_id: int) -> HttpResponse:
    membership = get_object_or_404(Membership, pk=membership_id, workspace=request.workspace)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, InvitationForm(), status=422)
    try:
        sentence = _apply(request, membership, form)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _index(request), toast=Toast(sentence))


def _apply(request: WorkspaceRequest, membership: Membership, form: RoleForm) -> str:
    role, is_active = form.cleaned_data["role"], form.cleaned_data["is_active"]
    if membership.is_active and not is_active:
        memberships.deactivate(membership=membership, by=request.membership)
        return f"{membership.user} can no longer enter this workspace."
    if not membership.is_active:
        memberships.reactivate(membership=membership, by=request.membership)
        return f"{membership.user} can enter this workspace again."
    memberships.change_role(membership=membership, role=role, by=request.membership)
    return f"{membership.user} is now {Role(role).label.lower()}."


def _page(request: WorkspaceRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "members": members_of(request.workspace.pk),
        "invitations": Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-created_at"),
        "roles": Role.choices,
    }
    return render(request, "crm/member/list.html", context, status=status)


def _index(request: WorkspaceRequest) -> str:
    return reverse("crm:members", args=[request.workspace.slug])
