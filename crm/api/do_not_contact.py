"""People and companies to leave alone."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions import do_not_contact
from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import DoNotContact
from crm.policies.do_not_contact import Terms
from crm.policies.topics import TOPICS
from crm.queries.candidates import living


class MarkBody(StrictSerializer):
    """Either `candidate`, or a `company` by name, `domain` or both."""

    candidate = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    company = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    domain = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    scope = serializers.ChoiceField(choices=DoNotContact.Scope.choices, default="everything")
    topic = serializers.ChoiceField(choices=list(TOPICS), required=False, default="", allow_blank=True)
    effect = serializers.ChoiceField(choices=DoNotContact.Effect.choices, default="block")
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    expires_at = serializers.DateTimeField(required=False, default=None, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("candidate" in attrs) == bool(attrs["company"] or attrs["domain"]):
            raise serializers.ValidationError(
                {"candidate": "A candidate, or a company: exactly one of them."}
            )
        if (attrs["scope"] == "topic") != bool(attrs["topic"]):
            raise serializers.ValidationError({"topic": "Needed for the scope “topic”, and only there."})
        return attrs


class Marks(Resource):
    """Marks on people and companies."""

    permission = {"GET": "candidates.view", "POST": "candidates.edit"}
    body = {"POST": MarkBody}

    def get(self, request: Request) -> Response:
        """Marks, newest first; ?candidate= narrows them."""
        found = DoNotContact.objects.all()
        if (asked := request.query_params.get("candidate", "")).isdecimal():
            found = found.filter(candidate_id=int(asked))
        return page(request, found, _shape, newest_first=True)

    def post(self, request: Request) -> Response:
        """Mark a person or a company."""
        given = self.read(request)
        terms = Terms(given["scope"], given["topic"], given["effect"])
        more = {"reason": given["reason"], "expires_at": given["expires_at"], "by": actor(request)}
        if "candidate" in given:
            person = get_object_or_404(living(), pk=given["candidate"])
            mark = do_not_contact.restrict(candidate=person, terms=terms, **more)
        else:
            company, domain = given["company"], given["domain"]
            mark = do_not_contact.restrict_company(name=company, domain=domain, terms=terms, **more)
        return Response(_shape(mark), status=201)


class OneMark(Resource):
    """One mark."""

    permission = {"DELETE": "candidates.edit"}

    def delete(self, request: Request, mark_id: int) -> Response:
        """Take the mark off."""
        mark = get_object_or_404(DoNotContact.objects, pk=mark_id)
        do_not_contact.lift_mark(mark=mark, by=actor(request))
        return Response(status=204)


def _shape(mark: DoNotContact) -> dict[str, Any]:
    names = ("domain", "scope", "topic", "effect", "reason", "created_at", "expires_at")
    return {
        "id": mark.pk,
        "candidate": mark.candidate_id,
        "company": mark.company_name or mark.company_folded,
        **{name: getattr(mark, name) for name in names},
    }
