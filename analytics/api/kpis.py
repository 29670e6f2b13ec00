from dataclasses import asdict, is_dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.policies.asking import Reading, refuse_unknown
from analytics.policies.periods import Period
from analytics.queries import asking, kpis, people, replies
from analytics.queries.answers import Answers
from analytics.queries.details import details
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
        answers = Answers(question)
        answer: dict[str, Any] = {key: plain(answers[key]) for key in kpis.KPIS}
        answer |= {
            "period": _days(question.period),
            "details": details(answers),
            "freshness": [asdict(row) for row in freshness()],
            "definitions": question.terms.number,
        }
        if reading.compare:
            answer["compare"] = _compared(answers, Answers(kpis.then(question, reading.compare)))
        return Response(answer)


class KpiPeople(Resource):
    permission = {"GET": "analytics.view"}

    def get(self, request: Request, key: str) -> Response:
        """The people behind a figure, with the dates they were counted by.

        `group` picks the list, `by` and `of` a part of it.
        """
        if not people.has_list(key):
            raise Http404
        question = _reading(request, "group", "by", "of", "limit", "cursor").question
        chosen = people.choose(key, request.query_params.dict(), question)
        limit, offset = limit_of(request), cursor_of(request) or 0
        found, total = people.people_behind(key, chosen, question, limit=limit, offset=min(offset, 2**31))
        following = link_after(request, offset + limit) if total > offset + limit else None
        return Response({"results": [asdict(row) for row in found], "next": following, "total": total})


class JourneyFigures(Resource):
    permission = {"GET": "analytics.view"}

    def get(self, request: Request, journey_id: int) -> Response:
        """Deliveries and replies of one journey in the period: as a whole, per step, template and sender."""
        journey = get_object_or_404(Journey.objects, pk=journey_id)
        question = _reading(request).question
        found = replies.reply_rates_of_journey(question, journey.pk)
        whole = found["journey"]
        nothing = {"delivered": 0, "replied": 0, "rate": None}
        return Response(
            {
                "journey": journey.pk,
                "name": journey.name,
                "period": _days(question.period),
                "reply_rate": {name: whole[0][name] for name in nothing} if whole else nothing,
                "steps": found["step"],
                "templates": found["template"],
                "senders": found["sender"],
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


def _compared(now: Answers, before: Answers) -> dict[str, Any]:
    return {
        "period": _days(before.question.period),
        "kpis": {key: plain(before[key]) for key in kpis.KPIS},
        "differences": [asdict(row) | {"change": row.change} for row in kpis.differences(now, before)],
    }
