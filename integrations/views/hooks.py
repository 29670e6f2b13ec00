from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from integrations.actions import inbound
from integrations.models import Connection
from integrations.providers import registry
from integrations.queries.connections import called_at

MOST_BYTES = 2_000_000
LARGEST_ID = 2**63 - 1


@csrf_exempt
@require_POST
def ats(request: HttpRequest, workspace_id: int, key: str) -> HttpResponse:
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"detail": "The body is too large.", "code": "too_large"}, status=413)
    if workspace_id > LARGEST_ID:
        return _nothing()
    with workspace_scope(workspace_id):
        connection = called_at(key)
        return _received(request, connection) if connection else _nothing()


def _received(request: HttpRequest, connection: Connection) -> HttpResponse:
    vendor = registry.vendor(connection.kind)
    greeting = request.headers.get(vendor.hook_greeting) if vendor.hook_greeting else None
    if greeting:
        # The vendor asks whether somebody is here; it wants its own word back.
        return HttpResponse(headers={vendor.hook_greeting: greeting[:200]})
    try:
        is_new = inbound.receive(connection=connection, body=request.body, headers=request.headers)
    except DomainError as refusal:
        return JsonResponse({"detail": refusal.sentence, "code": refusal.code}, status=refusal.status)
    return JsonResponse({"received": is_new}, status=vendor.hook_status)


def _nothing() -> HttpResponse:
    return JsonResponse({"detail": "There is nothing here.", "code": "not_found"}, status=404)
