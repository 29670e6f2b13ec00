"""Asking hiring managers what they think of a shortlist."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.models import Requisition
from talentpools.actions import shortlist_reviews
from talentpools.models import ReviewVerdict, ShortlistReview
from talentpools.queries import shortlist_reviews as reviews


class ReviewBody(StrictSerializer):
    email = serializers.EmailField(max_length=320)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    request = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    days = serializers.IntegerField(
        min_value=1, max_value=90, required=False, default=shortlist_reviews.LIFETIME_DAYS
    )


class Reviews(Resource):
    """Who was asked to judge the shortlist of a requisition."""

    permission = {"GET": "shortlists.view", "POST": "shortlists.edit"}
    body = {"POST": ReviewBody}

    def get(self, request: Request, requisition_id: int) -> Response:
        """Everybody who was asked, with how far they are."""
        requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
        return page(request, reviews.of_requisition(requisition).order_by(), represent)

    def post(self, request: Request, requisition_id: int) -> Response:
        """Mail somebody a link to judge the list; `url` is that link. Asking the same address renews it."""
        requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
        made = shortlist_reviews.invite(requisition=requisition, by=actor(request), **self.read(request))
        return Response(represent(reviews.as_stored(made.pk)), status=201)


class OneReview(Resource):
    """One review."""

    permission = {"GET": "shortlists.view", "DELETE": "shortlists.edit"}

    def get(self, request: Request, review_id: int) -> Response:
        """How far it is, with every verdict given."""
        review = get_object_or_404(ShortlistReview.objects, pk=review_id)
        given = review.verdicts.select_related("entry").order_by("given_at", "pk")
        verdicts = {"verdicts": [_verdict(one) for one in given]}
        return Response(represent(reviews.as_stored(review.pk)) | verdicts)

    def delete(self, request: Request, review_id: int) -> Response:
        """Take the link back; what was said stays."""
        review = get_object_or_404(ShortlistReview.objects, pk=review_id)
        shortlist_reviews.revoke(review=review, by=actor(request))
        return Response(status=204)


def represent(review: ShortlistReview) -> dict[str, Any]:
    columns = (
        "reviewer_name", "reviewer_email", "request", "created_at", "expires_at", "mailed_at", "opened_at",
        "finished_at", "revoked_at",
    )  # fmt: skip
    return {
        "id": review.pk,
        "requisition": review.requisition_id,
        **{name: getattr(review, name) for name in columns},
        "judged": getattr(review, "judged", 0),
        "url": shortlist_reviews.link(review),
    }


def _verdict(given: ReviewVerdict) -> dict[str, Any]:
    return {
        "candidate": given.entry.candidate_id,
        "verdict": given.verdict,
        "reason": given.reason,
        "note": given.note,
        "given_at": given.given_at,
    }
