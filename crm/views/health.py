from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.queries import health


@require_safe
@never_cache
def show(request: HttpRequest) -> JsonResponse:
    parts = health.parts(timezone.now().timestamp())
    is_well = set(parts.values()) == {health.WELL}
    status = health.WELL if is_well else "sick"
    response = JsonResponse({"status": status, **parts}, status=200 if is_well else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # a watcher asking is no error of ours
    return response
