"""Up to 1,000 people at once, each with its own outcome."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions.upserts import Outcome, Upsert
from crm.api.authentication import actor
from crm.api.candidate_shape import ConsentBody
from crm.api.errors import flattened
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.policies import people
from crm.policies.people import Basis, InvalidPerson, Person
from crm.queries.people import custom_fields, member_ids

MOST = 1_000


class BulkBody(StrictSerializer):
    """The people; each as in POST /candidates, with an `email`, profile link or `external_id`."""

    candidates = serializers.ListField(child=serializers.DictField(), max_length=MOST, allow_empty=False)


class CandidateBulk(Resource):
    """Add or update many people at once."""

    permission = {"POST": "candidates.edit"}
    body = {"POST": BulkBody}

    def post(self, request: Request) -> Response:
        """Each row is created, updated, unchanged or refused (`code`, `reason`, `fields`), for itself."""
        data = {"candidates": request.data} if isinstance(request.data, list) else request.data
        serializer = BulkBody(data=data)
        serializer.is_valid(raise_exception=True)
        rows = serializer.validated_data["candidates"]
        read = [_Row(row) for row in rows]
        known, members = custom_fields(), member_ids()
        for row in read:
            row.read(known, members)
        accepted = [row for row in read if row.person]
        batch = [row.person for row in accepted if row.person]
        outcomes = Upsert(batch, "api", timezone.now(), actor(request)).run()
        for row, outcome in zip(accepted, outcomes, strict=True):
            row.outcome = outcome
        results = [{"index": index, **row.shape()} for index, row in enumerate(read)]
        counts = Counter(result["outcome"] for result in results)
        names = ("created", "updated", "unchanged", "refused")
        return Response({"results": results, **{name: counts[name] for name in names}})


class _Row:
    """A row on its way from what was sent to what became of it."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = dict(given)
        self.person: Person | None = None
        self.fields: dict[str, str] = {}
        self.outcome = Outcome("refused", None, "invalid", "Some values are not right.")

    def read(self, known: Mapping[str, Any], members: Mapping[str, int]) -> None:
        try:
            basis = self._basis()
            person = people.read(self.given, custom_fields=known, members=members, basis=basis)
        except InvalidPerson as wrong:
            self.fields = wrong.fields
            return
        except ValidationError as wrong:
            self.fields = dict(flattened({"consent": wrong.detail}))
            return
        if person.identities:
            self.person = person
        else:
            reason = "Give an email, a profile link or an external_id to know the person by."
            self.outcome = Outcome("refused", None, "no_identity", reason)

    def shape(self) -> dict[str, Any]:
        outcome = self.outcome
        shape: dict[str, Any] = {"outcome": outcome.outcome, "id": outcome.candidate_id}
        if outcome.outcome == "refused":
            shape |= {"code": outcome.code, "reason": outcome.reason, "fields": self.fields}
        return shape

    def _basis(self) -> Basis | None:
        consent = self.given.pop("consent", None)
        if consent is None:
            return None
        serializer = ConsentBody(data=consent)
        serializer.is_valid(raise_exception=True)
        return Basis(**serializer.validated_data)
