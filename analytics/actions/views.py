from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from analytics.models import FigureView, OpeningView
from analytics.policies.asking import FILTERS, PERIODS
from analytics.queries.dashboards.registry import DASHBOARDS
from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User

Query = Mapping[str, Sequence[str]]


class CannotKeep(DomainError):
    """This view cannot be kept."""

    code = "invalid"


@transaction.atomic
def save(*, name: str, page: str, query: Query, days: int | None, is_shared: bool, by: User) -> FigureView:
    """Keep a page of figures with its filters by name; with `days` it always shows the last so many."""
    if page not in DASHBOARDS:
        raise CannotKeep(fields={"page": "There is no such page."})
    view = FigureView.objects.create(
        name=_name(name), page=page, query=kept(query, days), days=days, is_shared=is_shared, owner=by
    )
    events.record("view.saved", by=by, data={"view": view.pk, "page": page, "is_shared": is_shared})
    return view


@transaction.atomic
def change(
    *, view: FigureView, name: str, is_shared: bool, query: Query | None = None, days: int | None, by: User
) -> FigureView:
    """Rename or share one's view; with `query` it shows these filters and days from now on."""
    view.name, view.is_shared = _name(name), is_shared
    if query is not None:
        view.query, view.days = kept(query, days), days
    view.save()
    if not is_shared:
        OpeningView.objects.filter(view=view).exclude(user=view.owner_id).delete()
    events.record("view.saved", by=by, data={"view": view.pk, "page": view.page, "is_shared": is_shared})
    return view


@transaction.atomic
def remove(*, view: FigureView, by: User, now: datetime) -> None:
    """Forget a view; it is not mailed and opens for nobody until it is brought back."""
    events.record("view.removed", by=by, data={"view": view.pk})
    FigureView.objects.filter(pk=view.pk, removed_at=None).update(removed_at=now)


@transaction.atomic
def restore(*, view: FigureView, by: User) -> None:
    """Bring a forgotten view back, with its mailings. Twice is once."""
    if FigureView.objects.filter(pk=view.pk).exclude(removed_at=None).update(removed_at=None):
        events.record("view.restored", by=by, data={"view": view.pk})


@transaction.atomic
def open_with(*, view: FigureView | None, by: User) -> None:
    """Open the figures with this view from now on; with None as everybody's overview."""
    OpeningView.objects.filter(user=by).delete()
    if view is not None:
        OpeningView.objects.create(user=by, view=view)


def kept(query: Query, days: int | None) -> dict[str, list[str]]:
    """The part of an address that makes a view: filters, comparison, and dates where there are no `days`."""
    names = {*FILTERS, *PERIODS, "compare"} - ({"from", "to"} if days else set())
    return {key: list(values) for key, values in query.items() if key in names and any(values)}


def _name(name: str) -> str:
    found = " ".join(name.replace("\x00", "").split())
    if not found or len(found) > 120:
        raise CannotKeep(fields={"name": "Give it a name of at most 120 characters."})
    return found
