from collections.abc import Mapping, Sequence

from django.db import transaction

from analytics.models import FigureView
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
    if not name.strip():
        raise CannotKeep(fields={"name": "Give it a name."})
    if page not in DASHBOARDS:
        raise CannotKeep(fields={"page": "There is no such page."})
    names = FILTERS if days else (*PERIODS, *FILTERS)
    kept = {key: list(values) for key, values in query.items() if key in names and any(values)}
    view = FigureView.objects.create(
        name=name.strip()[:120], page=page, query=kept, days=days, is_shared=is_shared, owner=by
    )
    events.record("view.saved", by=by, data={"view": view.pk, "page": page, "is_shared": is_shared})
    return view


@transaction.atomic
def remove(*, view: FigureView, by: User) -> None:
    """Forget a view and its mailings."""
    events.record("view.removed", by=by, data={"view": view.pk})
    view.delete()
