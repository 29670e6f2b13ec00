"""The content library: what messages say."""

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from journeys.actions import templates
from journeys.actions.templates import Draft
from journeys.api import shapes
from journeys.models import Template


class TemplateBody(StrictSerializer):
    key = serializers.SlugField(max_length=80, required=False)
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(Template.Kind.choices, required=False)
    topic = serializers.CharField(max_length=40, required=False)
    role_family = serializers.CharField(max_length=40, required=False, allow_blank=True)
    language = serializers.CharField(max_length=10, required=False)
    subject = serializers.CharField(max_length=300)
    body = serializers.CharField(max_length=60_000)


class Templates(Resource):
    """The templates in use."""

    permission = {"GET": "journeys.view", "POST": "content.manage"}
    body = {"POST": TemplateBody}

    def get(self, request: Request) -> Response:
        """Every template in the library."""
        return page(request, Template.objects.filter(archived_at=None), shapes.template)

    def post(self, request: Request) -> Response:
        """A new template; 400 `invalid_template` for Liquid that cannot be read and unknown fields."""
        made = templates.save(draft=Draft(**self.read(request)), by=actor(request))
        return Response(shapes.template(made), status=201)


class OneTemplate(Resource):
    """One template."""

    permission = {"GET": "journeys.view", "PATCH": "content.manage", "DELETE": "content.manage"}
    body = {"PATCH": TemplateBody}

    def get(self, request: Request, template_id: int) -> Response:
        """One template."""
        return Response(shapes.template(_one(template_id)))

    def patch(self, request: Request, template_id: int) -> Response:
        """Change what is given; messages not yet sent get the new words."""
        template = _one(template_id)
        stored = {name: getattr(template, name) for name in Draft.__slots__}
        draft = Draft(**(stored | self.read(request, partial=True)))
        return Response(shapes.template(templates.save(draft=draft, by=actor(request), template=template)))

    def delete(self, request: Request, template_id: int) -> Response:
        """Take it out of the library; 409 `in_use` while a journey sends it."""
        templates.archive(template=_one(template_id), by=actor(request))
        return Response(status=204)


def _one(template_id: int) -> Template:
    return get_object_or_404(Template.objects, pk=template_id, archived_at=None)
