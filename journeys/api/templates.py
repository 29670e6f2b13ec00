"""The content library: what messages say."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page, page_together
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.policies.mail_layouts import LAYOUTS
from journeys.actions import templates
from journeys.actions.templates import Draft
from journeys.api import shapes
from journeys.models import Template
from journeys.queries import choices, content_results
from journeys.queries.content_results import Results


class TemplateBody(StrictSerializer):
    key = serializers.SlugField(max_length=80, required=False)
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(Template.Kind.choices, required=False)
    topic = serializers.CharField(max_length=40, required=False)
    role_family = serializers.CharField(max_length=40, required=False, allow_blank=True)
    language = serializers.CharField(max_length=10, required=False)
    segment = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, allow_null=True)
    layout = serializers.ChoiceField(
        choices=[key for key, _label in LAYOUTS], required=False, allow_blank=True
    )
    subject = serializers.CharField(max_length=300)
    body = serializers.CharField(max_length=60_000)


class Templates(Resource):
    """The templates in use."""

    permission = {"GET": "journeys.view", "POST": "content.manage"}
    body = {"POST": TemplateBody}

    def get(self, request: Request) -> Response:
        """Every template in the library; ?results=1 adds what became of its mails over all journeys."""
        rows = Template.objects.filter(archived_at=None)
        if request.query_params.get("results") == "1":
            return page_together(request, rows, _with_results)
        return page(request, rows, shapes.template)

    def post(self, request: Request) -> Response:
        """A new template; 400 `invalid_template` for Liquid that cannot be read and unknown fields."""
        made = templates.save(draft=_draft(self.read(request)), by=actor(request))
        return Response(shapes.template(made), status=201)


class OneTemplate(Resource):
    """One template."""

    permission = {"GET": "journeys.view", "PATCH": "content.manage", "DELETE": "content.manage"}
    body = {"PATCH": TemplateBody}

    def get(self, request: Request, template_id: int) -> Response:
        """One template with its results."""
        return Response(_with_results([_one(template_id)])[0])

    def patch(self, request: Request, template_id: int) -> Response:
        """Change what is given; messages not yet sent get the new words."""
        template = _one(template_id)
        stored = {name: getattr(template, name) for name in Draft.__slots__}
        draft = _draft(self.read(request, partial=True), stored)
        return Response(shapes.template(templates.save(draft=draft, by=actor(request), template=template)))

    def delete(self, request: Request, template_id: int) -> Response:
        """Take it out of the library; 409 `in_use` while a journey sends it."""
        templates.archive(template=_one(template_id), by=actor(request))
        return Response(status=204)


def _draft(given: dict[str, Any], stored: dict[str, Any] | None = None) -> Draft:
    values = (stored or {}) | given
    if "segment" in values:
        values["segment_id"] = segment = values.pop("segment")
        if segment and str(segment) not in dict(choices.segments()):
            raise ValidationError({"segment": "There is no such segment."})
    return Draft(**values)


def _with_results(rows: list[Template]) -> list[dict[str, Any]]:
    results = content_results.by_template()
    return [
        shapes.template(row) | {"results": shapes.results(results.get(row.pk, Results()))} for row in rows
    ]


def _one(template_id: int) -> Template:
    return get_object_or_404(Template.objects, pk=template_id, archived_at=None)
