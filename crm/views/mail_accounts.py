from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import mail_accounts, sender_health, workspaces
from crm.forms.mail_accounts import MailAccountForm, SendingLimitsForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import MailAccount
from crm.policies.mail_services import SERVICES
from crm.queries import mail_standing

DONE = 286  # htmx stops polling


@permission_required("workspace.manage")
@require_safe
def show(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "crm/mail_account/detail.html", _told(request))


@permission_required("workspace.manage")
@require_safe
def progress(request: WorkspaceRequest) -> HttpResponse:
    context = _told(request)
    status = 200 if context["is_waiting"] else DONE
    return render(request, "crm/mail_account/detail.html#standing", context, status=status)


@permission_required("workspace.manage")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, service: str) -> HttpResponse:
    if service not in SERVICES:
        raise Http404
    account = MailAccount.objects.first()
    form = MailAccountForm(request.POST or None, service=SERVICES[service], account=account)
    if request.method == "POST" and form.is_valid():
        try:
            by = request.membership.user
            mail_accounts.keep(kind=service, given=form.given, senders=form.senders, by=by)
            return go(
                request, _url(request), toast=Toast("Saved. Send yourself a test, then put it into use.")
            )
        except DomainError as refusal:
            form.blame(dict(refusal.fields) or {"": refusal.sentence})
    context = {"form": form, "service": SERVICES[service], "account": account}
    return render(request, "crm/mail_account/form.html", context, status=422 if form.errors else 200)


@permission_required("workspace.manage")
@require_POST
def check(request: WorkspaceRequest) -> HttpResponse:
    mail_accounts.begin_check(account=_account())
    return go(request, _url(request))


@permission_required("workspace.manage")
@require_POST
def test(request: WorkspaceRequest) -> HttpResponse:
    mail_accounts.begin_test(account=_account(), by=request.membership.user)
    return go(request, _url(request))


@permission_required("workspace.manage")
@require_POST
def use(request: WorkspaceRequest) -> HttpResponse:
    account, by = _account(), request.membership.user
    try:
        if account.in_use_at:
            mail_accounts.take_out_of_use(account=account, by=by)
            sentence = "Mail leaves the usual way again; your account is kept."
        else:
            mail_accounts.put_into_use(account=account, by=by, now=timezone.now())
            sentence = f"From now on mail leaves as {account.from_address}."
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request), toast=Toast(sentence, undo_url=_use_url(request)))


@permission_required("workspace.manage")
@require_POST
def remove(request: WorkspaceRequest) -> HttpResponse:
    mail_accounts.remove(account=_account(), by=request.membership.user)
    return go(request, _url(request), toast=Toast("The account and its keys are forgotten."))


def _told(request: WorkspaceRequest) -> dict[str, Any]:
    found = mail_standing.standing(request.workspace)
    return {
        "standing": found,
        "account": found.account,
        "service": found.service,
        "services": SERVICES.values(),
        "is_waiting": found.is_waiting,
        "health": mail_standing.health(now=timezone.now()),
        "limits": SendingLimitsForm(instance=request.workspace),
    }


@permission_required("workspace.manage")
@require_POST
def resume(request: WorkspaceRequest) -> HttpResponse:
    try:
        sender_health.resume(by=request.membership.user, now=timezone.now())
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request), toast=Toast("Automated mail goes on."))


@permission_required("workspace.manage")
@require_POST
def limits(request: WorkspaceRequest) -> HttpResponse:
    form = SendingLimitsForm(request.POST, instance=request.workspace)
    if not form.is_valid():
        return render(request, "crm/mail_account/detail.html", _told(request) | {"limits": form}, status=422)
    workspaces.change(workspace=request.workspace, by=request.membership.user, **form.cleaned_data)
    return go(request, _url(request), toast=Toast("Limits saved."))


def _account() -> MailAccount:
    return get_object_or_404(MailAccount.objects)


def _url(request: WorkspaceRequest) -> str:
    return reverse("crm:mail_account", args=[request.workspace.slug])


def _use_url(request: WorkspaceRequest) -> str:
    return reverse("crm:mail_account_use", args=[request.workspace.slug])
