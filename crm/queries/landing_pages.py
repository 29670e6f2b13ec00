from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from crm.models import CaptureVisits, LandingPage, Submission
from crm.queries.capture_forms import SPAN


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page and its last thirty days."""

    page: LandingPage
    visits: int
    answers: int

    @property
    def conversion(self) -> int | None:
        """Answers in a hundred visits; None where nobody came."""
        return min(100, round(100 * self.answers / self.visits)) if self.visits else None


def pages_with_counts(*, now: datetime) -> list[PageRow]:
    """Every landing page, the newest first. Three statements."""
    days = CaptureVisits.objects.filter(page__startswith="landing:", day__gte=(now - SPAN).date())
    visits = dict(days.values_list("page").annotate(n=Sum("visits")))
    sent = Submission.objects.filter(page__startswith="landing:", submitted_at__gte=now - SPAN)
    answers = dict(sent.values_list("page").annotate(n=Count("pk")))
    pages = LandingPage.objects.select_related("form").order_by("-created_at", "-pk")
    return [
        PageRow(page, visits.get(f"landing:{page.slug}", 0), answers.get(f"landing:{page.slug}", 0))
        for page in pages
    ]


def row_of(page: LandingPage, *, now: datetime) -> PageRow:
    """One page and its last thirty days."""
    return next(row for row in pages_with_counts(now=now) if row.page.pk == page.pk)


def public_page(slug: str) -> LandingPage | None:
    """A page anybody may open."""
    live = LandingPage.objects.filter(state=LandingPage.State.LIVE)
    return live.select_related("form__consent_text").filter(slug=slug).first()
