"""The list of candidates as a page: which view is open, what it is narrowed to, which columns it has."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from crm.actions import saved_views
from crm.forms import candidate_columns, candidate_filters, candidate_rules
from crm.kernel.requests import WorkspaceRequest
from crm.models import Stage
from crm.queries import candidate_list, rules
from crm.queries.candidate_list import CandidatePage
from crm.queries.candidates import Filters
from crm.queries.engagement import scale_of
from crm.queries.people import custom_fields
from crm.queries.saved_views import Shelf, shelf

_USUAL_COUNTRIES = (
    "DE", "AT", "CH", "FR", "GB", "IE", "NL", "BE", "ES", "PT", "IT", "PL", "SE", "DK", "US", "CA", "IN",
)  # fmt: skip
_NOT_NARROWING = ("sort", "page", "view", "column", "close")
# What searching again must not lose, beside the filters shown as chips.
_KEPT = ("sort", "rules", "column", "view")


@dataclass(slots=True)
class CandidateListPage:
    """Everything the page shows, for this request."""

    request: WorkspaceRequest
    now: datetime

    def context(self) -> dict[str, Any]:
        views = self._open_view()
        query = self.request.GET
        filters, sort = candidate_filters.filters_from(query), candidate_filters.sort_from(query)
        page, is_close = self._page(filters, sort)
        own = custom_fields()
        offered = candidate_columns.offered(own.values())
        columns = candidate_columns.chosen(query, offered)
        offers = candidate_list.offers()
        root = reverse("crm:candidates", args=[self.request.workspace.slug])
        available = candidate_filters.available(query, offers, _countries(query))
        context: dict[str, Any] = {
            "page": page,
            "is_close": is_close,
            "rows": [
                (row, f"{root}{row.candidate.pk}/", candidate_columns.cells(row, columns, own))
                for row in page.rows
            ],
            "columns": columns,
            "offered_columns": [(column, column in columns) for column in offered],
            "filters": available,
            "chosen": [(found, choice) for found in available for choice in found.chosen],
            "is_narrowed": any(query.get(name) for name in query if name not in _NOT_NARROWING),
            "q": filters.text,
            "stages": Stage.choices,
            "owners": offers.owners,
            "previous_url": self._turn(page.number - 1) if page.number > 1 else "",
            "next_url": self._turn(page.number + 1) if page.has_next else "",
            "kept": [(name, value) for name in _KEPT for value in query.getlist(name)],
            "bulk_urls": [url for name in settings.CANDIDATE_BULK if (url := self._url(name))],
        }
        context["rule_fields"] = candidate_rules.fields(own.values())
        context["rule_operators"] = candidate_rules.operators()
        if filters.rule is not None:
            context["rules_said"] = candidate_rules.said(query, rules.language())
        return context | self._views(views)

    def _open_view(self) -> Shelf:
        """A view's own address, or a bare one with a default view, stands for what the view keeps."""
        given = self.request.GET
        views = shelf(self.request.membership.user_id, opened=given.get("view", ""), is_bare=not given)
        if views.opened and set(given) <= {"view", "page"}:
            query = QueryDict(views.opened.query, mutable=True)
            query["view"] = str(views.opened.pk)
            if "page" in given:
                query["page"] = given["page"]
            self.request.GET = query  # type: ignore[assignment]
        return views

    def _page(self, filters: Filters, sort: str) -> tuple[CandidatePage, bool]:
        """The people found; where a search finds nobody, those it was perhaps meant to find."""
        number = candidate_filters.page_from(self.request.GET)
        page = self._found(filters, sort, number)
        if page.total or not filters.text or filters.is_close:
            return page, filters.is_close
        found = self._found(replace(filters, is_close=True), sort, number)
        if not found.total:
            return page, False
        query = self.request.GET.copy()
        query["close"] = "1"
        self.request.GET = query  # type: ignore[assignment]
        return found, True

    def _found(self, filters: Filters, sort: str, number: int) -> CandidatePage:
        is_asked = "ownership" in self.request.GET.getlist("column")
        scored = scale_of(self.request.workspace)
        return candidate_list.page_of(
            filters, sort=sort, number=number, now=self.now, scored=scored, with_ownership=is_asked
        )

    def _turn(self, number: int) -> str:
        return candidate_filters.link(self.request.GET, page=str(number))

    def _views(self, views: Shelf) -> dict[str, Any]:
        kept = saved_views.plain(self.request.GET.urlencode())
        opened = views.opened
        is_mine = bool(opened and opened.owner_id == self.request.membership.user_id)
        return {
            "views": views,
            "view_query": kept,
            "view_is_edited": bool(opened and opened.query != kept),
            "view_is_mine": is_mine,
            "view_url": self.request.build_absolute_uri(f"{self.request.path}?{kept}"),
        }

    def _url(self, name: str) -> str:
        """A page of an app above, where there is one."""
        try:
            return reverse(name, args=[self.request.workspace.slug])
        except NoReverseMatch:
            return ""


def _countries(query: QueryDict) -> list[str]:
    return list(dict.fromkeys([*_USUAL_COUNTRIES, *query.getlist("country")]))
