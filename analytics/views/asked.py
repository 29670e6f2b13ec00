"""The question a page answers, and the addresses that ask it a little differently."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from analytics.actions.views import kept
from analytics.models import FigureView
from analytics.policies.asking import DEFAULT_DAYS, FILTERS, InvalidQuestion
from analytics.policies.periods import Period, just_before
from analytics.queries import asking
from analytics.queries.choices import Choice, choices, chosen
from analytics.queries.freshness import freshness
from analytics.queries.preferences import preference, shows_recruiters
from analytics.queries.views import Shelf, shelf
from crm.kernel.requests import WorkspaceRequest
from crm.kernel.responses import refuse

_LENGTHS = ((30, _("30 days")), (90, _("90 days")), (365, _("12 months")), (730, _("2 years")))
_DATES = ("from", "to", "days")
_LIST = ("group", "by", "of")
"""Which people a list shows: kept while its dates and filters are changed."""
_COMPARED = ("compare", "compare_from", "compare_to")
_KEPT = (*_DATES, *_COMPARED, "view", *FILTERS)
_COMPARISONS = (("before", _("The period before")), ("year", _("The year before")))
_COMPARING = ("overview", "comparison")
_VIEWED = {"analytics:kpis": "overview", "analytics:comparison": "comparison"}
PAGES = (
    ("funnel", _("Funnel")),
    ("velocity", _("Velocity")),
    ("journeys", _("Journeys")),
    ("pools", _("Pools")),
    ("sources", _("Sources and costs")),
    ("requisitions", _("Requisitions")),
)
LABELS = {
    "overview": _("Overview"),
    "comparison": _("Before and after"),
    **dict(PAGES),
    "recruiters": _("Recruiters"),
}
FILTER_NAMES = {
    "role_family": _("role family"),
    "department": _("department"),
    "location": _("location"),
    "pool": _("pool"),
    "journey": _("journey"),
    "recruiter": _("recruiter"),
    "requisition": _("requisition"),
}
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
        self.question = asking.put(
            dict(request.GET.lists()),
            workspace=request.workspace,
            now=timezone.now(),
            reader=request.membership.user_id,
        ).question
        self.period: Period = self.question.period

    @property
    def days(self) -> int | None:
        """The last so many days, where the address does not name dates."""
        given = self.request.GET
        return None if given.get("from") else int(given.get("days") or DEFAULT_DAYS)

    def query(self, **changes: str) -> str:
        """The query string of this question, with these parameters set instead; an empty one is left out."""
        query = QueryDict(mutable=True)
        for name in _KEPT:
            query.setlist(name, [value for value in self.request.GET.getlist(name) if value])
        if self.days:
            query["days"] = str(self.days)
        for name, value in changes.items():
            query.setlist(name, [value] if value else [])
        return query.urlencode()

    def url(self, name: str, *arguments: str, **changes: str) -> str:
        """A page of this app, asking the same."""
        return f"{reverse(name, args=[self.slug, *arguments])}?{self.query(**changes)}"

    def people_url(self, key: str, group: str, **part: str) -> str:
        return self.url("analytics:people", key, group=group, **part)

    def ignored(self, filters: Iterable[str]) -> str:
        """Of these filters the ones in force, in words: what does not narrow a figure says so."""
        names = set(filters)
        return ", ".join(
            str(label)
            for name, label in FILTER_NAMES.items()
            if name in names and any(self.request.GET.getlist(name))
        )

    def context(self) -> dict[str, Any]:
        """What every page of this app shows: tabs, period, filters, views, freshness."""
        offered = choices(self.question.reader)
        path = self.request.path
        return {
            "asked": self,
            "period": self.period,
            "compares": self.page in _COMPARING,
            "compared": self.question.compare or just_before(self.period),
            "told": self.told(offered),
            "tabs": [
                {
                    "label": label,
                    "href": self.url(name, *arguments, view=""),
                    "current": reverse(name, args=[self.slug, *arguments]) == path,
                }
                for name, arguments, label in self._tabs()
            ],
            "may_administer": "workspace.manage" in self.request.permissions,
            "lengths": [self._length(days, label) for days, label in _LENGTHS],
            "comparisons": list(self._comparisons()),
            "chips": list(self._chips(offered)),
            "choices": offered,
            "kept": self._kept((*_COMPARED, "view", *FILTERS, *_LIST)),
            "kept_filters": self._kept(("view", *FILTERS, *_LIST)),
            "kept_dates": self._kept(_DATES),
            "freshness": freshness(),
        } | self._views()

    def told(self, offered: list[Choice]) -> str:
        """The question in words, for paper and pictures, which have no filters beside them."""
        days = f"{date_format(self.period.from_on, 'j M Y')} – {date_format(self.period.to_on, 'j M Y')}"
        chips = (f"{chip.label}: {chip.value}" for chip in self._chips(offered))
        return "; ".join((days, *chips))

    def _kept(self, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(name, value) for name in names for value in self.request.GET.getlist(name) if value]

    def _views(self) -> dict[str, Any]:
        """The view that is open, whether it was edited since, and what a new one would keep."""
        found = shelf(self.question.reader, self.request.GET.get("view", ""))
        opened = found.opened if found.opened and found.opened.page == self.page else None
        return {
            "views": Shelf(found.mine, found.shared, opened),
            "view_is_mine": bool(opened and opened.owner_id == self.question.reader),
            "view_is_edited": bool(opened and self._differs(opened)),
            "view_page": self.page,
            "view_query": self.query(view=""),
            "view_link": self.request.build_absolute_uri(
                reverse("analytics:view", args=[self.slug, opened.pk]) if opened else f"?{self.query()}"
            ),
        }

    def _differs(self, view: FigureView) -> bool:
        return (view.query, view.days) != (kept(dict(self.request.GET.lists()), self.days), self.days)

    def _tabs(self) -> Iterator[tuple[str, tuple[str, ...], Any]]:
        yield "analytics:kpis", (), LABELS["overview"]
        yield "analytics:comparison", (), LABELS["comparison"]
        for page, label in PAGES:
            yield "analytics:dashboard", (page,), label
        if shows_recruiters():
            yield "analytics:dashboard", ("recruiters",), LABELS["recruiters"]

    @property
    def page(self) -> str:
        """The key of this page, by which a view keeps it; nothing on pages no view keeps."""
        match = self.request.resolver_match
        if match is None:
            return ""
        return _VIEWED.get(match.view_name, "") or str(match.kwargs.get("page", ""))

    def _length(self, days: int, label: Any) -> Chip:
        dates = {"from": "", "to": "", "days": str(days)}
        return Chip(label, href=f"?{self.query(**self._list, **dates)}", active=days == self.days)

    @property
    def _list(self) -> dict[str, str]:
        return {name: self.request.GET[name] for name in _LIST if name in self.request.GET}

    def _comparisons(self) -> Iterator[Chip]:
        """Another period beside this one."""
        asked = self.request.GET.get("compare", "")
        for name, label in _COMPARISONS:
            changes = {"compare": name, "compare_from": "", "compare_to": ""}
            yield Chip(label, href=f"?{self.query(**changes)}", active=name == asked)
        pivot = preference().pivot_on
        if pivot:
            since = _("Before and since %(day)s") % {"day": date_format(pivot, "j M Y")}
            yield Chip(since, href=f"?{self.around(pivot)}")
        yield Chip(_("Other dates…"), href=self.url("analytics:comparison"))

    def around(self, pivot: date) -> str:
        """The query string of equal spans before and from the pivot on."""
        today = self.question.now.astimezone(self.period.zone).date()
        days = max(1, (today - pivot).days + 1)
        return self.query(
            days="",
            compare="",
            **{"from": pivot.isoformat(), "to": max(today, pivot).isoformat()},
            compare_from=(pivot - timedelta(days=days)).isoformat(),
            compare_to=(pivot - timedelta(days=1)).isoformat(),
        )

    def _chips(self, offered: list[Choice]) -> Iterator[Chip]:
        for one in chosen(offered, dict(self.request.GET.lists())):
            yield Chip(one.label, one.words, self._without(one.name, one.value))

    def _without(self, name: str, value: str) -> str:
        query = QueryDict(self.query(**self._list), mutable=True)
        query.setlist(name, [kept for kept in query.getlist(name) if kept != value])
        return f"?{query.urlencode()}"
