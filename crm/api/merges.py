from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions import merges
from crm.api.authentication import actor
from crm.api.candidate_shape import shape
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Candidate
from crm.queries.candidates import living


class MergeBody(StrictSerializer):
    """`fields`: a list of those whose value comes from `other`, or {field: "this" or "other"}."""

    other = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    fields = serializers.JSONField(required=False, default=list)  # type: ignore[assignment, arg-type]


class CandidateMerge(Resource):
    """Make two records of one person one."""

    permission = {"POST": "candidates.edit"}
    body = {"POST": MergeBody}

    def post(self, request: Request, candidate_id: int) -> Response:
        """Merge `other` into this one; `merge` is the receipt that undoes it."""
        asked = self.read(request)
        other, fields = asked["other"], _chosen(asked["fields"])
        keep = get_object_or_404(living(), pk=candidate_id)
        absorbed = Candidate.objects.filter(pk=other).first()
        if absorbed is None:
            raise ValidationError({"other": "There is no such candidate."})
        receipt = merges.Merge(keep, absorbed, fields, actor(request)).run()
        kept = shape(Candidate.objects.get(pk=keep.pk))
        return Response({"id": receipt, "merge": receipt, "candidate": kept, "other": other}, status=201)


class MergeUndo(Resource):
    """Take a merge back."""

    permission = {"POST": "candidates.edit"}

    def post(self, request: Request, merge_id: int) -> Response:
        """Two people again, each with what was theirs."""
        keep, other = merges.undo(receipt=merge_id, by=actor(request))
        return Response({"merge": merge_id, "candidate": shape(keep), "other": shape(other)})


def _chosen(fields: Any) -> list[str]:
    if isinstance(fields, list) and all(isinstance(name, str) for name in fields):
        return fields
    if isinstance(fields, dict) and all(value in ("this", "keep", "other") for value in fields.values()):
        return [name for name, value in fields.items() if value == "other"]
    raise ValidationError(
        {"fields": "A list of fields to take from the other, or {field: “this” or “other”}."}
    )
