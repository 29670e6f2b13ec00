from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.kernel.tenancy import current_workspace_id, workspace_scope
from integrations.actions import connections, syncs
from integrations.api.outside import OutsideResource
from integrations.models import Connection, SyncRun
from integrations.providers.base import Check
from integrations.queries.syncs import runs_of, summary

MANAGE = {"GET": "connections.manage", "POST": "connections.manage"}


class Texts(serializers.DictField):
    child = serializers.CharField(max_length=20_000, allow_blank=True)


class ConnectionBody(StrictSerializer):
    kind = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=120)
    settings = Texts(required=False, default=dict)
    credentials = Texts(required=False, default=dict)


class ConnectionChange(StrictSerializer):
    name = serializers.CharField(max_length=120, required=False)
    settings = Texts(required=False)
    credentials = Texts(required=False)


class SyncBody(StrictSerializer):
    mode = serializers.ChoiceField(
        choices=[SyncRun.Mode.FULL, SyncRun.Mode.INCREMENTAL], default=SyncRun.Mode.INCREMENTAL
    )


class Connections(Resource):
    permission = MANAGE
    body = {"POST": ConnectionBody}

    def get(self, request: Request) -> Response:
        """Accounts in applicant tracking systems; credentials never come back."""
        return page(request, Connection.objects.all(), represent)

    def post(self, request: Request) -> Response:
        """Connect an account. Check it next: POST /connections/{id}/check."""
        made = connections.create(**self.read(request), by=actor(request))
        return Response(represent(made), status=201)


class OneConnection(Resource):
    permission = MANAGE | {"PATCH": "connections.manage", "DELETE": "connections.manage"}
    body = {"PATCH": ConnectionChange}

    def get(self, request: Request, connection_id: int) -> Response:
        """One account, its state and what the last check found."""
        return Response(represent(get_object_or_404(Connection, pk=connection_id)))

    def patch(self, request: Request, connection_id: int) -> Response:
        """Change name, settings or credentials; credentials left out stay."""
        connection = get_object_or_404(Connection, pk=connection_id)
        changed = connections.update(connection=connection, **self.read(request), by=actor(request))
        return Response(represent(changed))

    def delete(self, request: Request, connection_id: int) -> Response:
        """Forget the account; people and their history stay."""
        connections.remove(connection=get_object_or_404(Connection, pk=connection_id), by=actor(request))
        return Response(status=204)


class ConnectionCheck(OutsideResource):
    permission = MANAGE

    def post(self, request: Request, connection_id: int) -> Response:
        """Try the credentials now; names every right that is missing."""
        connection, here = get_object_or_404(Connection, pk=connection_id), current_workspace_id()
        return self.afterwards(lambda: _checked(here, connection.pk))


class ConnectionSyncs(Resource):
    permission = MANAGE
    body = {"POST": SyncBody}

    def get(self, request: Request, connection_id: int) -> Response:
        """The account's sync runs, newest first."""
        runs = runs_of(get_object_or_404(Connection, pk=connection_id))
        return page(request, runs, summary, newest_first=True)

    def post(self, request: Request, connection_id: int) -> Response:
        """Start a sync; 409 while another one runs."""
        connection = get_object_or_404(Connection, pk=connection_id)
        run = syncs.start(connection=connection, mode=self.read(request)["mode"], by=actor(request))
        return Response(summary(run), status=202)


class OneSync(Resource):
    permission = MANAGE

    def get(self, request: Request, sync_id: int) -> Response:
        """Counts, rate, warnings and state of a sync run."""
        return Response(summary(get_object_or_404(SyncRun, pk=sync_id)))


def represent(connection: Connection) -> dict[str, Any]:
    return {
        "id": connection.pk,
        "kind": connection.kind,
        "name": connection.name,
        "state": connection.state,
        "attention": connection.attention,
        "settings": connection.settings,
        "webhook_path": f"/hooks/ats/{connection.workspace_id}/{connection.webhook_key}/",
        "check": connection.verdict or None,
        "checked_at": connection.checked_at,
        "synced_at": connection.synced_at,
        "next_sync_at": connection.next_sync_at,
        "created_at": connection.created_at,
    }


def _checked(workspace_id: int, connection_id: int) -> dict[str, Any]:
    verdict = connections.check(workspace_id=workspace_id, connection_id=connection_id)
    with workspace_scope(workspace_id):
        connection = Connection.objects.get(pk=connection_id)
        told = {"state": connection.state, "attention": connection.attention}
    if not isinstance(verdict, Check):
        return told | {"ok": False, "code": verdict.code, "detail": verdict.sentence, "missing": []}
    missing = [{"right": right.name, "purpose": right.purpose} for right in verdict.missing]
    sources = [{"id": number, "name": name} for number, name in verdict.sources]
    return told | {"ok": not missing, "account": verdict.account, "missing": missing, "sources": sources}
