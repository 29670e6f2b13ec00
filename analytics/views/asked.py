"""The question a page answers, and the addresses that ask it a little differently."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.policies.asking import FILTERS, InvalidQuestion, Reading
from analytics.policies.periods import Period, last_days
from analytics.queries import asking
from analytics.queries.choices import Choice, choices
from analytics.queries.preferences import shows_recruiters
from analytics.queries.views import views_for
from crm.kernel.requests import WorkspaceRequest
from crm.kernel.responses import refuse

_LENGTHS = ((30, _("30 days")), (90, _("90 days")), (365, _("12 months")), (730, _("2 years")))
_KEPT = ("from", "to", "compare_from", "compare_to", *FILTERS)
PAGES = (
    ("funnel", _("Funnel")),
    ("velocity", _("Velocity")),
    ("journeys", _("Journeys")),
    ("pools", _("Pools")),
    ("sources", _("Sources and costs")),
    ("requisitions", _("Requisitions")),
)
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force and the address without it, or a period on offer and the address with it."""

    label: Any
    value: str = ""
    href: str = ""
    active: bool = False


def asked_of(
    view: Callable[Concatenate[WorkspaceRequest, "Asked", P], HttpResponse],
) -> Callable[Concatenate[WorkspaceRequest, P], HttpResponse]:
    """Hand the view the question its address asks; refuse, with the fault's name, one that has no answer."""

    @wraps(view)
    def reading(request: WorkspaceRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, Asked(request), *args, **kwargs)
        except InvalidQuestion as refusal:
            return refuse(request, refusal)

    return reading


class Asked:
    """What the address asks; raises InvalidQuestion for one that cannot be answered."""

    def __init__(self, request: WorkspaceRequest) -> None:
        self.request = request
        self.slug = request.workspace.slug
        self.reading: Reading = asking.put(
            dict(request.GET.lists()),
            workspace=request.workspace,
            now=timezone.now(),
            reader=request.membership.user_id,
        )
        self.question = self.reading.question
        self.period: Period = self.question.period

    def query(self, **changes: str) -> str:
        """The query string of this question, with these parameters set instead."""
        query = QueryDict(mutable=True)
        for name in _KEPT:
            query.setlist(name, self.request.GET.getlist(name))
        for name, value in changes.items():
            query[name] = value
        return query.urlencode()

    def url(self, name: str, *arguments: str, **changes: str) -> str:
        """A page of this app, asking the same."""
        return f"{reverse(name, args=[self.slug, *arguments])}?{self.query(**changes)}"

    def people_url(self, key: str, group: str) -> str:
        return self.url("analytics:people", key, group=group)

    def context(self) -> dict[str, Any]:
        """What every page of this app shows: tabs, period, filters."""
        offered = choices(self.question.reader)
        path = self.request.path
        return {
            "asked": self,
            "period": self.period,
            "tabs": [
                {
                    "label": label,
                    "href": self.url(name, *arguments),
                    "current": reverse(name, args=[self.slug, *arguments]) == path,
                }
                for name, arguments, label in self._tabs()
            ],
            "views": views_for(self.question.reader),
            "view_form": {
                "page": self._page(),
                "query": self.query(),
                "lengths": [("", _("These dates")), *((days, label) for days, label in _LENGTHS)],
            },
            "may_administer": "workspace.manage" in self.request.permissions,
            "lengths": [self._length(days, label) for days, label in _LENGTHS],
            "chips": list(self._chips(offered)),
            "choices": offered,
            "kept": [(name, value) for name in FILTERS for value in self.request.GET.getlist(name) if value],
        }

    def _tabs(self) -> Iterator[tuple[str, tuple[str, ...], Any]]:
        yield "analytics:kpis", (), _("Overview")
        yield "analytics:comparison", (), _("Before and after")
        for page, label in PAGES:
            yield "analytics:dashboard", (page,), label
        if shows_recruiters():
            yield "analytics:dashboard", ("recruiters",), _("Recruiters")

    def _page(self) -> str:
        match = self.request.resolver_match
        return str(match.kwargs.get("page", "overview")) if match else "overview"

    def _length(self, days: int, label: Any) -> Chip:
        period = last_days(self._today(), days, self.period.zone)
        dates = {"from": period.from_on.isoformat(), "to": period.to_on.isoformat()}
        return Chip(label, href=f"?{self.query(**dates)}", active=period == self.period)

    def _today(self) -> date:
        return self.question.now.astimezone(self.period.zone).date()

    def _chips(self, offered: list[Choice]) -> Any:
        labels = {(choice.name, value): label for choice in offered for value, label in choice.options}
        names = {choice.name: choice.label for choice in offered}
        for name in FILTERS:
            for value in self.request.GET.getlist(name):
                if value:
                    shown = labels.get((name, value), value)
                    yield Chip(names.get(name, name), shown, self._without(name, value))

    def _without(self, name: str, value: str) -> str:
        query = QueryDict(self.query(), mutable=True)
        query.setlist(name, [kept for kept in query.getlist(name) if kept != value])
        return f"?{query.urlencode()}"
