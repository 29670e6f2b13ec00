"""Who fits a requisition, and who was picked for it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import cursor_of, limit_of, link_after, page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Candidate, Requisition
from talentpools.actions import match_views, shortlists
from talentpools.forms.matches import read_filters
from talentpools.models import ShortlistEntry
from talentpools.queries import matches
from talentpools.queries import shortlists as queries


class ShortlistBody(StrictSerializer):
    candidates = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), min_length=1, max_length=1000
    )
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class Matches(Resource):
    permission = {"GET": "requisitions.view"}

    def get(self, request: Request, requisition_id: int) -> Response:
        """People who fit, best first, each point with its reason; not those in this process already.

        ?role_family= (`any` for all), ?stage=, ?skill=, ?engagement=, ?pool=, ?segment=, ?rules= and ?reach=
        narrow them.
        """
        requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
        reader = actor(request)
        filters = read_filters(
            dict(request.query_params.lists()), requisition, reader=reader.pk if reader else None
        )
        limit, offset = limit_of(request), min(cursor_of(request) or 0, 2**31)
        found = matches.ranked(requisition, filters, now=timezone.now(), limit=limit + 1, offset=offset)
        match_views.record(requisition=requisition, matches=found[:limit], by=reader, on="api")
        following = link_after(request, offset + limit) if len(found) > limit else None
        return Response({"results": [_match(match) for match in found[:limit]], "next": following})


class Shortlist(Resource):
    permission = {"GET": "shortlists.view", "POST": "shortlists.edit"}
    body = {"POST": ShortlistBody}

    def get(self, request: Request, requisition_id: int) -> Response:
        """The people picked for the requisition, in the order they were added.

        ?verdict= narrows them: star, yes, no, approved (star or yes) or none (nobody judged them).
        """
        requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
        verdict = request.query_params.get("verdict", "")
        if verdict and verdict not in queries.VERDICTS:
            told = {"verdict": f"One of {', '.join(queries.VERDICTS)}."}
            raise serializers.ValidationError(told)
        return page(request, queries.entries(requisition, verdict=verdict).order_by(), represent_entry)

    def post(self, request: Request, requisition_id: int) -> Response:
        """Pick people. Who is on the list already is left as they are; an unknown person refuses all."""
        requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
        values = self.read(request)
        ids = values["candidates"]
        known = set(Candidate.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if missing := [pk for pk in ids if pk not in known]:
            raise serializers.ValidationError({"candidates": f"Nobody here has the id {missing[0]}."})
        receipt = shortlists.add(
            requisition=requisition, candidate_ids=ids, by=actor(request), note=values["note"]
        )
        entries = ShortlistEntry.objects.filter(requisition=requisition, candidate_id__in=ids)
        listed = [represent_entry(entry) for entry in entries.select_related("candidate").order_by("pk")]
        answer = {"added": receipt.changed, "unchanged": receipt.unchanged, "receipt": receipt.pk}
        return Response(answer | {"results": listed}, status=201)


def represent_entry(entry: ShortlistEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "candidate": entry.candidate_id,
        "name": str(entry.candidate),
        "email": entry.candidate.email,
        "note": entry.note,
        "verdict": entry.verdict,
        "verdict_note": entry.verdict_note,
        "added_by": entry.added_by_id,
        "added_at": entry.added_at,
    }


def _match(match: matches.Match) -> dict[str, Any]:
    return {
        "candidate": match.candidate.pk,
        "name": str(match.candidate),
        "current_title": match.candidate.current_title,
        "current_company": match.candidate.current_company,
        "stage": match.candidate.stage,
        "score": match.fit.score,
        "reasons": [
            {
                "criterion": reason.criterion,
                "text": reason.text,
                "points": round(reason.points, 1),
                "out_of": round(reason.out_of, 1),
            }
            for reason in match.fit.reasons
        ],
        "is_shortlisted": match.is_shortlisted,
    }
