import base64

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.actions import tracking
from crm.kernel.tenancy import workspace_scope
from crm.policies.tokens import Purpose, unseal

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@require_safe
def pixel(request: HttpRequest, token: str) -> HttpResponse:
    ids = unseal(Purpose.OPEN, token)
    if ids is None or len(ids) != 2:
        return HttpResponse(status=404)
    with workspace_scope(ids[0]):
        tracking.open_(message_id=ids[1], at=timezone.now(), **_visitor(request))
    headers = {"Cache-Control": "no-store, private", "Content-Length": str(len(PIXEL))}
    return HttpResponse(PIXEL, content_type="image/gif", headers=headers)


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Only to addresses that stood in the mail this code was made for: nobody can make one lead elsewhere."""
    ids = unseal(Purpose.CLICK, token)
    if ids is None or len(ids) != 3:
        return HttpResponse(status=404)
    with workspace_scope(ids[0]):
        target = tracking.click(message_id=ids[1], link=ids[2], at=timezone.now(), **_visitor(request))
    if not target:
        return HttpResponse(status=404)
    response = HttpResponseRedirect(target)
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _visitor(request: HttpRequest) -> dict[str, str]:
    return {"method": request.method or "", "agent": request.headers.get("User-Agent", "")[:500]}
