"""Lawful basis and the addresses nobody may write to."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions import consents
from crm.api.authentication import actor
from crm.api.candidate_shape import ConsentBody
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Consent, Suppression
from crm.policies.people import Basis
from crm.queries.candidates import living


class NewConsentBody(ConsentBody):
    """A consent, and whose it is. `withdrawn: true` takes back what stands for the purpose."""

    candidate = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    withdrawn = serializers.BooleanField(default=False)


class SuppressionBody(StrictSerializer):
    email = serializers.CharField(max_length=320)
    reason = serializers.ChoiceField(choices=Suppression.Reason.choices, default="unsubscribed")


class Consents(Resource):
    """Why people may be written to. Rows are added, never edited."""

    permission = {"GET": "candidates.view", "POST": "candidates.edit"}
    body = {"POST": NewConsentBody}

    def get(self, request: Request) -> Response:
        """Consents, newest first; ?candidate= narrows them."""
        found = Consent.objects.all()
        if (asked := request.query_params.get("candidate", "")).isdecimal():
            found = found.filter(candidate_id=int(asked))
        return page(request, found, _consent, newest_first=True)

    def post(self, request: Request) -> Response:
        """Record a consent or another lawful basis; with `withdrawn`, record that it was taken back."""
        given = self.read(request)
        candidate = get_object_or_404(living(), pk=given.pop("candidate"))
        if given.pop("withdrawn"):
            gone = consents.withdraw(
                candidate=candidate, channel=given["source"], purpose=given["purpose"], by=actor(request)
            )
            shape = {"id": gone.pk, "candidate": candidate.pk, "withdrawn_at": gone.withdrawn_at}
            return Response(shape | {"purpose": gone.purpose}, status=201)
        consent = consents.grant(candidate=candidate, basis=Basis(**given), by=actor(request))
        return Response(_consent(consent), status=201)


class Suppressions(Resource):
    """Addresses nobody here may write to; only keyed hashes are kept."""

    permission = {"GET": "candidates.view", "POST": "candidates.edit"}
    body = {"POST": SuppressionBody}

    def get(self, request: Request) -> Response:
        """Suppressions, newest first."""
        return page(request, Suppression.objects.all(), _suppression, newest_first=True)

    def post(self, request: Request) -> Response:
        """Put an address on the list; twice is once."""
        given = self.read(request)
        row = consents.suppress(address=given["email"], reason=given["reason"], by=actor(request))
        return Response(_suppression(row), status=201)


class OneSuppression(Resource):
    """One suppressed address."""

    permission = {"DELETE": "candidates.erase"}

    def delete(self, request: Request, suppression_id: int) -> Response:
        """Take the address off the list."""
        row = get_object_or_404(Suppression.objects, pk=suppression_id)
        consents.unsuppress(suppression=row, by=actor(request))
        return Response(status=204)


def _consent(consent: Consent) -> dict[str, Any]:
    names = ("purpose", "basis", "source", "text_version", "granted_at", "expires_at")
    return {"id": consent.pk, "candidate": consent.candidate_id} | {n: getattr(consent, n) for n in names}


def _suppression(row: Suppression) -> dict[str, Any]:
    return {
        "id": row.pk,
        "reason": row.reason,
        "address_hash": row.address_hash,
        "created_at": row.created_at,
    }
