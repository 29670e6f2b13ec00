"""How mail of a workspace looks: its name, its color, the address of its logo."""

from django.conf import settings
from django.urls import reverse

from crm.models import Workspace
from crm.policies.mail_footer import Footer, why_you_get_this
from crm.policies.mail_layouts import PLAIN, MailBrand, frame
from crm.queries.public_pages import look


def brand(workspace: Workspace) -> MailBrand:
    """The brand as frames show it; mail programs load the logo from our own public address."""
    found = look(workspace)
    logo = f"{settings.BASE_URL}{reverse('brand_logo', args=[workspace.slug])}?{found.version}"
    return MailBrand(found.name, found.accent, logo if found.has_logo else "")


def as_sent(workspace: Workspace, html: str, layout: str, kind: str) -> str:
    """The words with their frame and a footer like the one that will follow, for a preview."""
    legal_name = workspace.legal_name or workspace.name
    why = why_you_get_this(kind, legal_name)
    footer = Footer(legal_name, workspace.postal_address, why, page_url="#", stop_url="#")
    words = f"{html}{footer.as_html()}"
    if layout == PLAIN:
        style = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px;margin:16px"
        return (
            f'<!DOCTYPE html><html><head><meta charset="utf-8">'
            f'<meta name="color-scheme" content="light dark"></head><body style="{style}">'
            f"{words}</body></html>"
        )
    return frame(layout, brand(workspace)).around(words)
