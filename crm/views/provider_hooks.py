"""What a workspace's own mail provider posts to us. Kept and answered at once; acted on in a task.

The address holds an unguessable key; services that sign their notices are checked as well.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.actions import inbound, mail_accounts, provider_events
from crm.kernel.tenancy import workspace_scope
from crm.models import MailAccount
from crm.policies.mail_services import Service, service
from crm.providers import mail_hooks
from crm.providers.mail_hooks import NotGenuine

LARGEST_ID = 2**63 - 1
Values = dict[str, str]
Receiver = Callable[[HttpRequest, int, Service, Values], HttpResponse]


def _hook(receiver: Receiver) -> Callable[[HttpRequest, int, str], HttpResponse]:
    """Find the account the address names; anything but its key is 404, a notice that is not genuine 403."""

    @csrf_exempt
    @require_http_methods(["POST", "HEAD"])
    @wraps(receiver)
    def opened(request: HttpRequest, workspace_id: int, key: str) -> HttpResponse:
        found = _account(workspace_id, key)
        if found is None:
            return JsonResponse({"detail": "There is nothing here.", "code": "not_found"}, status=404)
        if request.method == "HEAD":  # some services look whether somebody is there
            return HttpResponse()
        try:
            return receiver(request, workspace_id, *found)
        except NotGenuine as refusal:
            return JsonResponse({"detail": str(refusal), "code": "not_genuine"}, status=403)

    return opened


@_hook
def events(request: HttpRequest, workspace_id: int, through: Service, values: Values) -> HttpResponse:
    if mail_hooks.confirm(through, request):
        return JsonResponse({"received": 0})
    notices = mail_hooks.notices(through, values, request)
    with workspace_scope(workspace_id):
        return JsonResponse({"received": provider_events.receive(notices=notices)})


@_hook
def mail(request: HttpRequest, workspace_id: int, through: Service, values: Values) -> HttpResponse:
    if mail_hooks.confirm(through, request):
        return JsonResponse({"received": 0})
    arrived = mail_hooks.arrivals(through, values, request)
    with workspace_scope(workspace_id):
        for one in arrived:
            inbound.keep_here(raw=one.raw, recipient=one.recipient.replace("\x00", ""))
    return JsonResponse({"received": len(arrived)})


def _account(workspace_id: int, key: str) -> tuple[Service, Values] | None:
    if workspace_id > LARGEST_ID:
        return None
    with workspace_scope(workspace_id):
        account = MailAccount.objects.first()
        if account is None or not constant_time_compare(account.hook_key, key):
            return None
        return service(account.kind), mail_accounts.values_of(account)
