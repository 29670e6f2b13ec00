from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.kernel.tenancy import current_workspace_id, workspace_scope
from crm.models import Requisition
from integrations.actions import pushes
from integrations.api.outside import OutsideResource
from integrations.models import Push
from integrations.queries.pushes import receipt


class PushPeopleBody(StrictSerializer):
    candidates = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=200
    )


class PushBody(PushPeopleBody):
    preflight = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class Preflight(OutsideResource):
    permission = {"POST": "pushes.create"}
    body = {"POST": PushPeopleBody}

    def post(self, request: Request, requisition_id: int) -> Response:
        """What the ATS will do with each person of the shortlist; nothing is sent."""
        requisition, here = get_object_or_404(Requisition, pk=requisition_id), current_workspace_id()
        chosen = self.read(request).get("candidates")
        push = pushes.prepare(requisition=requisition, candidate_ids=chosen, by=actor(request))
        return self.afterwards(lambda: _checked(here, push.pk))


class Pushes(Resource):
    permission = {"POST": "pushes.create"}
    body = {"POST": PushBody}

    def post(self, request: Request, requisition_id: int) -> Response:
        """Send the shortlist, or these people on it, or what a pre-flight let through."""
        requisition = get_object_or_404(Requisition, pk=requisition_id)
        values = self.read(request)
        if "preflight" in values:
            prepared = get_object_or_404(Push, pk=values["preflight"], requisition=requisition)
            push = pushes.confirm(push=prepared, by=actor(request))
        else:
            chosen = values.get("candidates")
            push = pushes.send(requisition=requisition, candidate_ids=chosen, by=actor(request))
        return Response(receipt(push), status=202)


class OnePush(Resource):
    permission = {"GET": "pushes.create"}

    def get(self, request: Request, push_id: int) -> Response:
        """The receipt, person by person."""
        return Response(receipt(get_object_or_404(Push, pk=push_id)))


def _checked(workspace_id: int, push_id: int) -> dict[str, Any]:
    pushes.check(workspace_id=workspace_id, push_id=push_id)
    with workspace_scope(workspace_id):
        return receipt(Push.objects.get(pk=push_id))
