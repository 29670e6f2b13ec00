"""Frames around a mail's words, in the workspace's own colors: MJML, compiled once for each brand.

MJML writes the tables that mail programs from Outlook to a phone agree on; a frame is what stands before the
words and what stands after them, so a thousand mails share one compilation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.translation import gettext_lazy as _
from mjml import mjml2html

from crm.policies.brand_colors import DARK_PAGE, readable

PLAIN = ""
LAYOUTS = (
    (PLAIN, _("None: as a person writes")),
    ("letter", _("Letter: your logo above, nothing else")),
    ("newsletter", _("Newsletter: a band in your color, the words on a card")),
    ("announcement", _("Announcement: large and centered head, a line in your color")),
)
NAMES = frozenset(name for name, _label in LAYOUTS)
_WORDS = "@@words@@"


@dataclass(frozen=True, slots=True)
class MailBrand:
    """What a frame shows of the workspace."""

    name: str
    accent: str
    logo_url: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole HTML document without its words."""

    before: str
    after: str

    def around(self, words: str) -> str:
        """The document with these words in it."""
        return f"{self.before}{words}{self.after}"


@lru_cache(maxsize=256)
def frame(layout: str, brand: MailBrand) -> Frame:
    """The frame of that name in this brand's colors."""
    source = _PAGE.format(
        head=_HEADS[layout].format(
            mark=_mark(brand, on_color=layout == "newsletter"), accent=readable(brand.accent)
        ),
        accent=readable(brand.accent),
        accent_dark=readable(brand.accent, on=DARK_PAGE),
        name=escape(brand.name),
        words=_WORDS,
    )
    before, _words, after = mjml2html(source).partition(_WORDS)
    return Frame(before, after)


def in_the_dark(html: str) -> str:
    """The same document as a mail program in dark mode shows it: for previews."""
    return html.replace("@media (prefers-color-scheme: dark)", "@media all")


def _mark(brand: MailBrand, *, on_color: bool) -> str:
    name = escape(brand.name)
    if brand.logo_url:
        picture = f'src="{escape(brand.logo_url)}" alt="{name}"'
        return f'<mj-image {picture} width="140px" align="center" padding="0" />'
    color = ' color="#ffffff"' if on_color else ""
    return (
        f'<mj-text css-class="name" font-size="18px" font-weight="700" align="center"{color}>{name}</mj-text>'
    )


_HEADS = {
    "letter": '<mj-section padding="28px 0 4px"><mj-column>{mark}</mj-column></mj-section>',
    "newsletter": (
        '<mj-section background-color="{accent}" padding="26px 0"><mj-column>{mark}</mj-column></mj-section>'
    ),
    "announcement": (
        '<mj-section padding="40px 0 8px"><mj-column>{mark}'
        '<mj-divider border-color="{accent}" border-width="3px" width="64px" padding="18px 0 0" />'
        "</mj-column></mj-section>"
    ),
}
_PAGE = """\
<mjml>
  <mj-head>
    <mj-title>{name}</mj-title>
    <mj-raw><meta name="color-scheme" content="light dark"></mj-raw>
    <mj-attributes><mj-all font-family="Arial,Helvetica,sans-serif" />
      <mj-text font-size="16px" line-height="24px" color="#161b1c" /></mj-attributes>
    <mj-style>
      .words p, .words ul, .words ol {{ margin: 0 0 16px; }}
      .words h2 {{ font-size: 22px; line-height: 28px; margin: 0 0 14px; }}
      .words h3 {{ font-size: 17px; line-height: 24px; margin: 22px 0 8px; }}
      .words a {{ color: {accent}; }}
      .words img {{ max-width: 100%; height: auto; border-radius: 6px; }}
      .words blockquote {{ border-left: 3px solid {accent}; margin: 0 0 16px; padding-left: 14px; }}
      @media (prefers-color-scheme: dark) {{
        body, .page {{ background: #131617 !important; }}
        .card, .card > table, .card td {{ background: #1c2122 !important; }}
        .words div, .words p, .words li, .words h2, .words h3, .name div {{ color: #e6ebeb !important; }}
        .words a {{ color: {accent_dark} !important; }}
      }}
    </mj-style>
  </mj-head>
  <mj-body background-color="#f3f5f5" css-class="page" width="600px">
    {head}
    <mj-section background-color="#ffffff" css-class="card" padding="24px 8px 28px">
      <mj-column><mj-text css-class="words">{words}</mj-text></mj-column>
    </mj-section>
    <mj-section padding="12px"><mj-column><mj-spacer height="8px" /></mj-column></mj-section>
  </mj-body>
</mjml>"""
