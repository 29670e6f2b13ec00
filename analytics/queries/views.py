from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics.models import FigureView, Mailing, OpeningView, Recipient, Report


@dataclass(frozen=True, slots=True)
class Shelf:
    """The views a member may open, and the one that is open, if any."""

    mine: list[FigureView]
    shared: list[FigureView]
    opened: FigureView | None


def shelf(reader: int | None, opened: str) -> Shelf:
    """The views on offer; `opened` is the id in the address. One statement."""
    views = list(views_for(reader)[:300])
    return Shelf(
        mine=[view for view in views if view.owner_id == reader],
        shared=[view for view in views if view.owner_id != reader],
        opened=next((view for view in views if str(view.pk) == opened), None),
    )


def views_for(reader: int | None) -> QuerySet[FigureView]:
    """The reader's own views and those shared with everybody, by name; `is_opening` marks the first."""
    opening = OpeningView.objects.filter(user_id=reader or 0, view_id=OuterRef("pk"))
    found = FigureView.objects.filter(Q(owner_id=reader) | Q(is_shared=True), removed_at=None)
    return found.annotate(is_opening=Exists(opening)).select_related("owner").order_by("name", "pk")


def opening_view(reader: int | None) -> FigureView | None:
    """The view the reader's figures open with."""
    return views_for(reader).filter(openings__user_id=reader or 0).first()


def mailings_of(view: FigureView) -> QuerySet[Mailing]:
    """When the view is mailed, and to whom."""
    return Mailing.objects.filter(view=view).prefetch_related("recipients__user").order_by("pk")


def recipients_of(mailing: Mailing) -> QuerySet[Recipient]:
    """Who still gets it; nobody while its view is forgotten."""
    return Recipient.objects.filter(mailing=mailing, unsubscribed_at=None, mailing__view__removed_at=None)


def reports() -> QuerySet[Report]:
    """What was published, the newest first."""
    return Report.objects.select_related("published_by").order_by("-published_at", "-pk")
