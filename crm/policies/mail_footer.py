"""What the law and good manners put under each mail: who wrote, from where, why, and the way out."""

from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _

from crm.models import Message


@dataclass(frozen=True, slots=True)
class Footer:
    """The facts under a mail. The same in both parts, links in the same order.

    Without `page_url` there is nobody yet whose choices the links could lead to.
    """

    legal_name: str
    postal_address: str
    why: str
    page_url: str
    stop_url: str

    def as_text(self) -> str:
        """Below the usual signature line, so that mail programs fold it away."""
        if not self.page_url:
            return f"\n\n-- \n{self._sender()}\n{self.why}\n"
        ways_out = (
            (_("What you hear from us, and how often"), self.page_url),
            (_("Stop all mail"), self.stop_url),
        )
        lines = "\n".join(_("%(words)s: %(url)s") % {"words": words, "url": url} for words, url in ways_out)
        return f"\n\n-- \n{self._sender()}\n{self.why}\n{lines}\n"

    def as_html(self) -> str:
        ways_out = ""
        if self.page_url:
            ways_out = (
                f'<br><a href="{escape(self.page_url)}">'
                f"{escape(_('What you hear from us, and how often'))}</a> · "
                f'<a href="{escape(self.stop_url)}">{escape(_("Stop all mail"))}</a>'
            )
        style = "margin-top:32px;padding-top:12px;border-top:1px solid #d2d9d9;color:#5b6567;font-size:12px"
        return (
            f'\n<div style="{style};line-height:18px">{escape(self._sender())}<br>{escape(self.why)}'
            f"{ways_out}</div>"
        )

    def _sender(self) -> str:
        return ", ".join(part for part in (self.legal_name, self.postal_address) if part)


def why_you_get_this(kind: str, legal_name: str) -> str:
    """One sentence on why this person hears from this company."""
    if kind == Message.Kind.ONE_TO_ONE:
        return _("A recruiter at %s wrote this to you personally.") % legal_name
    if kind == Message.Kind.SERVICE:
        return _("You get this because this address was entered on a page of %s.") % legal_name
    return _("You get this because you applied to %s, met us or agreed to stay in touch.") % legal_name
