from dataclasses import asdict, is_dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.policies.asking import InvalidQuestion, Reading, refuse_unknown
from analytics.policies.definitions import DEFINITIONS
from analytics.policies.periods import Period
from analytics.queries import asking, kpis, people, replies
from analytics.queries.freshness import freshness
from crm.api.authentication import actor
from crm.api.paging import cursor_of, limit_of, link_after
from crm.api.resources import Resource
from crm.kernel.tenancy import current_workspace_id
from crm.models import Workspace
from journeys.models import Journey


class Kpis(Resource):
    permission = {"GET": "analytics.view"}

    def get(self, request: Request) -> Response:
        """Every KPI of the period, by key; `compare_from` and `compare_to` set another period beside it."""
        reading = _reading(request)
        question = reading.question
        answer: dict[str, Any] = {key: plain(figure) for key, figure in kpis.kpis(question).items()}
        answer |= {
            "period": _days(question.period),
            "details": kpis.details(question),
            "freshness": [asdict(row) for row in freshness()],
            "definitions": question.terms.number,
        }
        if reading.compare:
            answer["compare"] = _compared(reading, reading.compare)
        return Response(answer)


class KpiPeople(Resource):
    permission = {"GET": "analytics.view"}

    def get(self, request: Request, key: str) -> Response:
        """The people behind a figure, with the dates they were counted by; `group` picks the list."""
        if key not in DEFINITIONS:
            raise Http404
        groups = people.groups_of(key)
        group = request.query_params.get("group", groups[0])
        if group not in groups:
            raise InvalidQuestion(fields={"group": f"One of {', '.join(groups)}."})
        limit, offset = limit_of(request), cursor_of(request) or 0
        found, total = people.people_behind(
            key,
            group,
            _reading(request, "group", "limit", "cursor").question,
            limit=limit,
            offset=min(offset, 2**31),
        )
        following = link_after(request, offset + limit) if total > offset + limit else None
        return Response({"results": [asdict(row) for row in found], "next": following, "total": total})


class JourneyFigures(Resource):
    permission = {"GET": "analytics.view"}

    def get(self, request: Request, journey_id: int) -> Response:
        """Deliveries and replies of one journey in the period: as a whole, per step, template and sender."""
        journey = get_object_or_404(Journey.objects, pk=journey_id)
        question = _reading(request).question
        whole = replies.reply_rate_by(question, "journey", journey=journey.pk)
        nothing = {"delivered": 0, "replied": 0, "rate": None}
        return Response(
            {
                "journey": journey.pk,
                "name": journey.name,
                "period": _days(question.period),
                "reply_rate": {name: whole[0][name] for name in nothing} if whole else nothing,
                "steps": replies.reply_rate_by(question, "step", journey=journey.pk),
                "templates": replies.reply_rate_by(question, "template", journey=journey.pk),
                "senders": replies.reply_rate_by(question, "sender", journey=journey.pk),
            }
        )


def plain(figure: Any) -> Any:
    """A figure as JSON takes it."""
    if isinstance(figure, list):
        return [plain(row) for row in figure]
    return asdict(figure) if is_dataclass(figure) and not isinstance(figure, type) else figure


def _reading(request: Request, *also: str) -> Reading:
    workspace = Workspace.objects.get(pk=current_workspace_id())
    reader = actor(request)
    given = dict(request.query_params.lists())
    refuse_unknown(given, *also)
    return asking.put(given, workspace=workspace, now=timezone.now(), reader=reader.pk if reader else None)


def _days(period: Period) -> dict[str, Any]:
    return {"from": period.from_on, "to": period.to_on, "time_zone": period.zone.key}


def _compared(reading: Reading, other: Period) -> dict[str, Any]:
    then = kpis.then(reading.question, other)
    return {
        "period": _days(other),
        "kpis": {key: plain(figure) for key, figure in kpis.kpis(then).items()},
        "differences": [
            asdict(row) | {"change": row.change} for row in kpis.compare(reading.question, other)
        ],
    }
