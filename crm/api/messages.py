from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions import messages
from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Message
from crm.queries.candidates import living
from crm.queries.message_why import why_of
from crm.queries.messages import all_messages

_LARGEST_ID = 2**63 - 1


class MessageBody(StrictSerializer):
    """A one-to-one mail; footer, unsubscribe headers and the reply address are added."""

    candidate = serializers.IntegerField(min_value=1, max_value=_LARGEST_ID)
    subject = serializers.CharField(max_length=300)
    text = serializers.CharField(max_length=50_000, trim_whitespace=False)
    in_reply_to = serializers.IntegerField(
        min_value=1, max_value=_LARGEST_ID, required=False, allow_null=True, default=None
    )


class Messages(Resource):
    """Mail to and from candidates."""

    permission = {"GET": "inbox.view", "POST": "messages.send"}
    body = {"POST": MessageBody}

    def get(self, request: Request) -> Response:
        """The newest first; ?candidate=, ?direction=in|out, ?state= and ?kind= narrow the list."""
        return page(request, _narrowed(request), _shape, newest_first=True)

    def post(self, request: Request) -> Response:
        """Queue a mail to one person; 422 `not_reachable` when nobody may write to them."""
        given = self.read(request)
        candidate = get_object_or_404(living(), pk=given["candidate"])
        parent = None
        if given["in_reply_to"] is not None:
            parent = get_object_or_404(Message.objects.filter(candidate=candidate), pk=given["in_reply_to"])
        queued = messages.write(
            candidate=candidate,
            subject=given["subject"],
            text=given["text"],
            by=actor(request),
            in_reply_to=parent,
        )
        return Response(_shape(queued), status=201)


class OneMessage(Resource):
    """One mail."""

    permission = {"GET": "inbox.view"}

    def get(self, request: Request, message_id: int) -> Response:
        """One mail with its text and its state."""
        return Response(_shape(get_object_or_404(all_messages(), pk=message_id)))


class MessageWhy(Resource):
    """Why a mail went out, or did not."""

    permission = {"GET": "inbox.view"}

    def get(self, request: Request, message_id: int) -> Response:
        """The code and the sentences; for a journey's mail its version, step, and what let the person in."""
        message = get_object_or_404(all_messages().select_related("in_reply_to"), pk=message_id)
        found = why_of(message)
        told = {"message": message.pk, "state": message.state, "code": found.code or None}
        return Response(told | {"sentences": found.sentences} | found.more)


def _narrowed(request: Request) -> QuerySet[Message]:
    rows, asked = all_messages(), request.query_params
    for name, allowed in (
        ("direction", Message.Direction.values),
        ("state", Message.State.values),
        ("kind", Message.Kind.values),
    ):
        if name in asked:
            if asked[name] not in allowed:
                raise ValidationError({name: f"One of {', '.join(allowed)}."})
            rows = rows.filter(**{name: asked[name]})
    if "candidate" in asked:
        if not asked["candidate"].isdecimal() or len(asked["candidate"]) > 18:
            raise ValidationError({"candidate": "The id of a candidate."})
        rows = rows.filter(candidate_id=int(asked["candidate"]))
    return rows


def _shape(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "key": str(message.key),
        "candidate": message.candidate_id,
        "direction": message.direction,
        "kind": message.kind,
        "topic": message.topic,
        "state": message.state,
        "failure": message.failure,
        "from": message.from_address,
        "to": message.to_address,
        "subject": message.subject,
        "text": message.body_text,
        "message_id": message.rfc_message_id,
        "in_reply_to": message.in_reply_to_id,
        "is_automatic": message.is_automatic,
        "match": message.match,
        "outcome": message.outcome,
        "created_at": message.created_at,
        "sent_at": message.sent_at,
        "delivered_at": message.delivered_at,
        "settled_at": message.settled_at,
    }
