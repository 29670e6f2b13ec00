"""Views of the candidate list that members keep for themselves or share."""

from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import DefaultView, SavedView, User

MOST = 200
_NOT_KEPT = ("page", "view", "csrfmiddlewaretoken")


class InvalidView(DomainError):
    """This view cannot be kept so."""

    code = "invalid"


class NotYours(DomainError):
    """This view is somebody else's; save one of your own."""

    code = "not_yours"
    status = 403


def plain(query: str) -> str:
    """The part of a query string that makes a view: without the page and the view it came from."""
    return urlencode([pair for pair in parse_qsl(query) if pair[0] not in _NOT_KEPT])


def save(*, name: str, query: str, by: User, is_shared: bool = False) -> SavedView:
    """Keep the list as it is now under this name. Refuses a name one has already."""
    found = _name(name)
    if SavedView.objects.filter(owner=by).count() >= MOST:
        raise InvalidView(f"At most {MOST} views; delete one first.")
    kept = _query(query)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(owner=by, name=found, query=kept, is_shared=is_shared)
            events.record("view.saved", by=by, data={"view": view.pk, "shared": is_shared})
    except IntegrityError as taken:
        raise InvalidView(fields={"name": f"You have a view “{found}” already."}) from taken
    return view


def change(
    *, view: SavedView, by: User, name: str, is_shared: bool, query: str | None = None, as_admin: bool = False
) -> SavedView:
    """Rename, share or overwrite a view. Only its owner may; a shared one an admin too."""
    _refuse_strangers(view, by, as_admin=as_admin)
    view.name, view.is_shared = _name(name), is_shared
    if query is not None:
        view.query = _query(query)
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as taken:
        raise InvalidView(fields={"name": f"You have a view “{view.name}” already."}) from taken
    return view


@transaction.atomic
def delete(*, view: SavedView, by: User, as_admin: bool = False) -> None:
    """Forget a view, and that it was anybody's default."""
    _refuse_strangers(view, by, as_admin=as_admin)
    events.record("view.deleted", by=by, data={"view": view.pk})
    DefaultView.objects.filter(view=view).delete()
    view.delete()


@transaction.atomic
def open_with(*, view: SavedView | None, by: User) -> None:
    """Open the list with this view from now on; with None as everybody's list."""
    DefaultView.objects.filter(user=by).delete()
    if view is not None:
        DefaultView.objects.create(user=by, view=view)


def _name(name: str) -> str:
    found = " ".join(name.replace("\x00", "").split())
    if not found or len(found) > 80:
        raise InvalidView(fields={"name": "Give the view a name of at most 80 characters."})
    return found


def _query(query: str) -> str:
    kept = plain(query)
    if len(kept) > 4_000:
        raise InvalidView("These filters are too many to be kept as a view.")
    return kept


def _refuse_strangers(view: SavedView, by: User, *, as_admin: bool) -> None:
    if view.owner_id != by.pk and not (as_admin and view.is_shared):
        raise NotYours
