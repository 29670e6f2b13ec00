"""Snippets and assets: what templates draw in."""

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page, page_together
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from journeys.actions import pieces
from journeys.actions.pieces import Draft
from journeys.api import shapes
from journeys.models import Piece
from journeys.queries import content_results
from journeys.queries import pieces as found
from journeys.queries.content_results import Results


class PieceBody(StrictSerializer):
    key = serializers.SlugField(max_length=80, required=False)
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(Piece.Kind.choices, required=False)
    topic = serializers.CharField(max_length=40, required=False, allow_blank=True)
    role_family = serializers.CharField(max_length=40, required=False, allow_blank=True)
    language = serializers.CharField(max_length=10, required=False)
    body = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    url = serializers.CharField(max_length=600, required=False, allow_blank=True)
    image_url = serializers.CharField(max_length=600, required=False, allow_blank=True)


class Pieces(Resource):
    """The snippets and assets in use."""

    permission = {"GET": "journeys.view", "POST": "content.manage"}
    body = {"POST": PieceBody}

    def get(self, request: Request) -> Response:
        """Every piece; ?kind= narrows, ?results=1 adds what became of the mails that showed it."""
        rows = found.living()
        if kind := request.query_params.get("kind", ""):
            rows = rows.filter(kind=kind)
        if request.query_params.get("results") == "1":
            return page_together(request, rows, _with_results)
        return page(request, rows, shapes.piece)

    def post(self, request: Request) -> Response:
        """A new piece; 400 `invalid_piece` for a variant there is already and for unknown fields."""
        made = pieces.save(draft=Draft(**self.read(request)), by=actor(request))
        return Response(_with_results([made])[0], status=201)


class OnePiece(Resource):
    """One snippet or asset."""

    permission = {"GET": "journeys.view", "PATCH": "content.manage", "DELETE": "content.manage"}
    body = {"PATCH": PieceBody}

    def get(self, request: Request, piece_id: int) -> Response:
        """One piece with its results."""
        return Response(_with_results([_one(piece_id)])[0])

    def patch(self, request: Request, piece_id: int) -> Response:
        """Change what is given; messages not yet sent get the new words."""
        piece = _one(piece_id)
        stored = {name: getattr(piece, name) for name in Draft.__slots__}
        draft = Draft(**(stored | self.read(request, partial=True)))
        kept = pieces.save(draft=draft, by=actor(request), piece=piece)
        return Response(_with_results([kept])[0])

    def delete(self, request: Request, piece_id: int) -> Response:
        """Take it out of the library; 409 `in_use` while a template draws it in."""
        pieces.archive(piece=_one(piece_id), by=actor(request))
        return Response(status=204)


def _with_results(rows: list[Piece]) -> list[dict[str, object]]:
    results = content_results.by_piece()
    return [shapes.piece(row) | {"results": shapes.results(results.get(row.pk, Results()))} for row in rows]


def _one(piece_id: int) -> Piece:
    return get_object_or_404(found.living(), pk=piece_id)
