from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from crm.actions import memberships, users
from crm.forms.members import JoinForm
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.models import Invitation, User


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    try:
        workspace_id, invitation_id = memberships.read_token(token)
        with workspace_scope(workspace_id):
            invitation = memberships.open_invitation(invitation_id)
            return _join(request, invitation)
    except DomainError as refusal:
        return render(request, "crm/member/invitation_over.html", {"refusal": refusal}, status=404)


def _join(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    known = User.objects.filter(email=invitation.email).first()
    if known is None:
        return _join_as_new(request, invitation)
    if request.user != known:
        return redirect(f"/accounts/login/?next={request.path}")
    if request.method == "POST":
        memberships.accept(invitation=invitation, user=known)
        return redirect(f"/w/{invitation.workspace.slug}/")
    return render(request, "crm/member/join.html", {"invitation": invitation, "form": None})


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            validate_password(form.cleaned_data["password"], User(email=invitation.email))
        except ValidationError as weak:
            form.add_error("password", weak)
    if request.method != "POST" or form.errors:
        context = {"invitation": invitation, "form": form}
        return render(request, "crm/member/join.html", context, status=422 if form.errors else 200)
    user = users.create(email=invitation.email, verified=True, **form.cleaned_data)
    memberships.accept(invitation=invitation, user=user)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect(f"/w/{invitation.workspace.slug}/")
