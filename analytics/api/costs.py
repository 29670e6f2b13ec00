from decimal import Decimal
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.actions import costs
from analytics.models import Cost
from analytics.policies.figures import money
from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from crm.kernel.tenancy import current_workspace_id
from crm.models import Workspace


class CostBody(StrictSerializer):
    origin = serializers.ChoiceField(choices=Cost.Origin.choices)
    category = serializers.CharField(max_length=80)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, required=False)
    amount_cents = serializers.IntegerField(required=False, max_value=10**14)
    currency = serializers.CharField(max_length=3, required=False)
    incurred_on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")

    def validate_currency(self, currency: str) -> str:
        ours = _currency()
        if currency.upper() != ours:
            raise serializers.ValidationError(f"Costs here are in {ours}.")
        return ours

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("amount" in attrs) == ("amount_cents" in attrs):
            raise serializers.ValidationError({"amount": "Give either amount or amount_cents."})
        return attrs


class Costs(Resource):
    permission = {"GET": "analytics.view", "POST": "costs.edit"}
    body = {"POST": CostBody}

    def get(self, request: Request) -> Response:
        """Costs entered or imported, oldest first."""
        return page(request, Cost.objects.all(), represent)

    def post(self, request: Request) -> Response:
        """Enter a cost by origin and category, in the workspace's currency; today without a day."""
        values = self.read(request)
        values.pop("currency", None)
        if "amount" in values:
            values["amount_cents"] = int(values.pop("amount") * Decimal(100))
        values.setdefault("incurred_on", timezone.localdate())
        return Response(represent(costs.add(**values, by=actor(request))), status=201)


def represent(cost: Cost) -> dict[str, Any]:
    return {
        "id": cost.pk,
        "origin": cost.origin,
        "category": cost.category,
        "amount": money(cost.amount_cents),
        "currency": _currency(),
        "incurred_on": cost.incurred_on,
        "note": cost.note,
    }


def _currency() -> str:
    return Workspace.objects.values_list("currency", flat=True).get(pk=current_workspace_id())
