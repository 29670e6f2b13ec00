from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions import activities
from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Event
from crm.queries.candidates import living


class ActivityBody(StrictSerializer):
    """What a person did, and when. `ref` names it in the system that tells; once per (kind, ref)."""

    candidate = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    kind = serializers.CharField(max_length=60)
    at = serializers.DateTimeField(required=False)
    ref = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    data = serializers.DictField(required=False, default=dict)  # type: ignore[assignment]


class Activities(Resource):
    """What people did, here or elsewhere."""

    permission = {"GET": "candidates.view", "POST": "candidates.edit"}
    body = {"POST": ActivityBody}

    def get(self, request: Request) -> Response:
        """The facts recorded, newest first; ?candidate= and ?kind= narrow them."""
        found = Event.objects.filter(candidate_id__isnull=False)
        asked = request.query_params
        if asked.get("candidate", "").isdecimal():
            found = found.filter(candidate_id=int(asked["candidate"]))
        if "kind" in asked:
            found = found.filter(kind=asked["kind"])
        return page(request, found, _shape, newest_first=True)

    def post(self, request: Request) -> Response:
        """Record an activity: 201, or 200 with the first one when (kind, ref) is known. It scores at once."""
        given = self.read(request)
        candidate = get_object_or_404(living(), pk=given["candidate"])
        event, is_new = activities.record(
            candidate=candidate,
            kind=given["kind"],
            at=given.get("at") or timezone.now(),
            ref=given["ref"],
            data=given["data"],
            by=actor(request),
        )
        return Response(_shape(event), status=201 if is_new else 200)


def _shape(event: Event) -> dict[str, Any]:
    return {
        "id": event.pk,
        "candidate": event.candidate_id,
        "kind": event.kind,
        "at": event.occurred_at,
        "ref": event.ref,
        "data": event.data,
    }
