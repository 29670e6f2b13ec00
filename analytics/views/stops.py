"""Stopping a mailed view by the link in its mail: no account, no cookie, no JavaScript.

The code in the address is the only authority here (crm/views/person_page.py does the same for candidates).
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from analytics.actions import mailings
from analytics.models import Recipient
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from crm.policies.tokens import Purpose, unseal


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    _forget_cookies(request)
    ids = unseal(Purpose.FIGURES, token)
    if ids is None or len(ids) != 2:
        return _page("crm/person/unknown.html", {}, status=404)
    with workspace_scope(ids[0]):
        recipient = Recipient.objects.select_related("mailing__view").filter(pk=ids[1]).first()
        workspace = Workspace.objects.filter(pk=ids[0]).first()
        # RFC 8058: a POST stops it, whatever its body; a GET only shows the button.
        is_stopped = recipient is None or recipient.unsubscribed_at is not None or request.method == "POST"
        if recipient is not None and request.method == "POST":
            mailings.unsubscribe(recipient=recipient, now=timezone.now())
        context = {"workspace": workspace, "recipient": recipient, "is_stopped": is_stopped}
        return _page("analytics/view/stop.html", context)


def _page(template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = HttpResponse(render_to_string(template, context), status=status)
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _forget_cookies(request: HttpRequest) -> None:
    request.user = AnonymousUser()
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    if hasattr(request, "session"):
        del request.session
