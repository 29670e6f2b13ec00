"""A view as a mail: its figures as text and as a page with pictures."""

from dataclasses import dataclass
from datetime import datetime
from email.mime.image import MIMEImage
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from analytics.models import Copy, FigureView
from analytics.policies.sections import Cell, Dashboard, Section
from analytics.providers import pictures
from analytics.queries import asking
from analytics.queries.choices import choices, chosen
from analytics.queries.dashboards.registry import DASHBOARDS
from analytics.queries.preferences import shows_recruiters
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Workspace
from crm.policies.tokens import Purpose, seal

MOST_ROWS = 25


class NotShown(DomainError):
    """This page is not shown in the workspace any more."""

    code = "not_shown"


@dataclass(frozen=True, slots=True)
class Mailed:
    """What a mail is made of; read inside the workspace, put together outside of any transaction."""

    view: FigureView
    to: str
    dashboard: Dashboard
    days: str
    filters: str
    link: str
    unsubscribe: str
    workspace: str


def read(*, copy: Copy, now: datetime) -> Mailed:
    """The figures of the recipient's copy, as the recipient may see them."""
    view, user = copy.recipient.mailing.view, copy.recipient.user
    if view.page == "recruiters" and not shows_recruiters():
        raise NotShown
    workspace = Workspace.objects.get(pk=current_workspace_id())
    asked = parameters(view)
    filters = (f"{one.label}: {one.words}" for one in chosen(choices(user.pk), asked))
    question = asking.put(asked, workspace=workspace, now=now, reader=user.pk).question
    stop = reverse("figures_stop", args=[seal(Purpose.FIGURES, workspace.pk, copy.recipient.pk)])
    return Mailed(
        view=view,
        to=user.email,
        dashboard=DASHBOARDS[view.page](question),
        filters="; ".join(filters),
        days=f"{question.period.from_on:%-d %b %Y} – {question.period.to_on:%-d %b %Y}",
        link=settings.BASE_URL + reverse("analytics:view", args=[workspace.slug, view.pk]),
        unsubscribe=settings.BASE_URL + stop,
        workspace=workspace.name,
    )


def parameters(view: FigureView) -> dict[str, list[str]]:
    """The view's address: its own dates, or the last so many days."""
    asked = {name: list(values) for name, values in view.query.items()}
    return asked | ({"days": [str(view.days)]} if view.days else {})


def address(view: FigureView) -> str:
    """The query string of the view, which says which view it is."""
    return urlencode(parameters(view) | {"view": [str(view.pk)]}, doseq=True)


def compose(mailed: Mailed) -> EmailMultiAlternatives:
    """The mail, with a picture for each chart."""
    shown = [
        (section, f"{section.id}@figures" if section.chart and section.rows else "", *_fitting(section))
        for section in mailed.dashboard.sections
    ]
    context = {"mailed": mailed, "dashboard": mailed.dashboard, "sections": shown}
    mail = EmailMultiAlternatives(
        subject=f"{mailed.view.name}: {mailed.days}",
        body=render_to_string("emails/figures.txt", context),
        to=[mailed.to],
        headers={
            "List-Unsubscribe": f"<{mailed.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("emails/figures.html", context), "text/html")
    mail.mixed_subtype = "related"  # type: ignore[attr-defined]
    for section, cid, *_ in shown:
        if cid:
            picture = MIMEImage(pictures.png(section), "png")
            picture.add_header("Content-ID", f"<{cid}>")
            picture.add_header("Content-Disposition", "inline", filename=f"{section.id}.png")
            mail.attach(picture)
    return mail


def _fitting(section: Section) -> tuple[list[tuple[Cell, ...]], int]:
    """The rows a mail has room for, and how many more there are: of weeks and months the latest."""
    is_series = bool(section.chart and section.chart["xAxis"].get("type") == "category")
    rows = section.rows[-MOST_ROWS:] if is_series else section.rows[:MOST_ROWS]
    return rows, len(section.rows) - len(rows)
