from django.db.models import Q, QuerySet

from analytics.models import FigureView, Mailing, Recipient, Report


def views_for(reader: int | None) -> QuerySet[FigureView]:
    """The reader's own views and those shared with everybody, by name."""
    return FigureView.objects.filter(Q(owner_id=reader) | Q(is_shared=True)).order_by("name", "pk")


def mailings_of(view: FigureView) -> QuerySet[Mailing]:
    """When the view is mailed, and to whom."""
    return Mailing.objects.filter(view=view).prefetch_related("recipients__user").order_by("pk")


def recipients_of(mailing: Mailing) -> QuerySet[Recipient]:
    """Who still gets it."""
    return Recipient.objects.filter(mailing=mailing, unsubscribed_at=None)


def reports() -> QuerySet[Report]:
    """What was published, the newest first."""
    return Report.objects.select_related("published_by").order_by("-published_at", "-pk")
