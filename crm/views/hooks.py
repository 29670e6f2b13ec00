"""What mail servers and providers post to us. Answered at once; the reading happens in a task."""

import hmac
import json
from datetime import datetime
from hashlib import sha256
from typing import Any, get_args

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from crm.actions import delivery_events, inbound
from crm.actions.delivery_events import Kind, Report

LARGEST_BATCH = 1_000


@csrf_exempt
@require_POST
def inbound_mail(request: HttpRequest) -> HttpResponse:
    """A raw mail (RFC 5322) as the body; `?recipient=` or X-Envelope-To is the envelope's."""
    if not _knows_secret(request):
        return HttpResponse(status=403)
    recipient = request.headers.get("X-Envelope-To") or request.GET.get("recipient", "")
    mail = inbound.receive(raw=request.body, recipient=recipient.replace("\x00", ""))
    if mail is None:
        return JsonResponse({"detail": "This mail is for nobody here.", "code": "no_recipient"}, status=404)
    return JsonResponse({"id": mail.pk})


@csrf_exempt
@require_POST
def mail_events(request: HttpRequest) -> HttpResponse:
    """`{"key", "event", "at", "reason"}` or a list of them, from the server that carries our mail."""
    if not (_knows_secret(request) or _is_signed(request)):
        return HttpResponse(status=403)
    try:
        reports = _reports(json.loads(request.body))
    except (ValueError, RecursionError) as broken:
        return JsonResponse({"detail": str(broken), "code": "invalid"}, status=400)
    return JsonResponse({"applied": delivery_events.apply_many(reports)})


def _reports(body: Any) -> list[Report]:
    rows = body if isinstance(body, list) else [body]
    if len(rows) > LARGEST_BATCH:
        raise ValueError(f"At most {LARGEST_BATCH} events at once.")
    return [_report(row) for row in rows]


def _report(row: Any) -> Report:
    if not isinstance(row, dict) or row.get("event") not in get_args(Kind):
        raise ValueError(f"`event` is one of {', '.join(get_args(Kind))}.")
    at = _moment(row.get("at"))
    return Report(str(row.get("key", "")), row["event"], at, str(row.get("reason") or "").replace("\x00", ""))


def _moment(given: Any) -> datetime | None:
    moment = parse_datetime(given) if isinstance(given, str) else None
    if given and (moment is None or not is_aware(moment)):
        raise ValueError("`at` is an ISO 8601 time with a zone.")
    return moment


def _knows_secret(request: HttpRequest) -> bool:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    given = request.headers.get("X-Inbound-Secret") or bearer
    return hmac.compare_digest(given.encode(), settings.INBOUND_SECRET.encode())


def _is_signed(request: HttpRequest) -> bool:
    """X-Signature: sha256=<hex>, the HMAC-SHA256 of the body under INBOUND_SECRET."""
    wanted = hmac.new(settings.INBOUND_SECRET.encode(), request.body, sha256).hexdigest()
    return hmac.compare_digest(request.headers.get("X-Signature", "").encode(), f"sha256={wanted}".encode())
