"""The rows of a list of candidates: three hundred cells on a page, so Python draws them, not templates."""

from collections.abc import Callable, Sequence
from typing import Any

from django import template
from django.template.defaultfilters import truncatechars
from django.utils.formats import date_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from crm.queries.attachments import Snippet
from crm.queries.candidate_list import Row
from crm.templatetags.components import drawn
from crm.templatetags.dates import ago
from crm.templatetags.leaves import person, row_check

register = template.Library()

_LEVELS = {
    "hot": (gettext_lazy("hot"), "good", "zap"),
    "warm": (gettext_lazy("warm"), "warn", "activity"),
    "cold": (gettext_lazy("cold"), "plain", "circle"),
}
_CLASSES = {"ago": "num text-muted", "score": "num", "number": "num", "muted": "text-muted"}


@register.simple_tag
def candidate_row(row: Row, href: str, cells: Sequence[Any]) -> SafeString:
    """One `<tr>`. Each cell has a `value` and a `column`, whose `look` says how it is drawn."""
    candidate = row.candidate
    name = str(candidate)
    named = person(name, href=href, panel=True) + (_found(row.snippet) if row.snippet else "")
    drawn_cells = "".join([_cell(row, cell) for cell in cells])
    return mark_safe(  # noqa: S308 - all escaped
        f'<tr id="candidate-{candidate.pk}">{row_check(name, candidate.pk)}<td>{named}</td>{drawn_cells}</tr>'
    )


@register.simple_tag
def candidate_score(score: int, level: str) -> SafeString:
    """The level as a badge, and the score; a dash where there never was a signal."""
    if level not in _LEVELS:
        return format_html('<span class="text-faint">{}</span>', "–")
    label, tone, icon = _LEVELS[level]
    return format_html("{} {}", drawn("badge", label=str(label), tone=tone, icon=icon), score)


def _cell(row: Row, cell: Any) -> str:
    look = cell.column.look
    content = _LOOKS.get(look, _text)(row, cell.value)
    named = _CLASSES.get(look)
    attribute = f' class="{named}"' if named else ""
    return f'<td data-label="{escape(cell.column.label)}"{attribute}>{conditional_escape(content)}</td>'


def _found(snippet: Snippet) -> SafeString:
    return format_html(
        '<p class="text-muted text-sm whitespace-normal">{} {}<mark>{}</mark>{}'
        ' <span class="text-faint">{}</span></p>',
        drawn("icon", name="file-text", size="small"),
        snippet.before,
        snippet.hit,
        snippet.after,
        snippet.file_name,
    )


def _text(row: Row, value: Any) -> str:
    return "" if value is None else truncatechars(value, 80)


def _stage(row: Row, value: Any) -> str:
    return drawn("badge", label=value, tone="plain") if value else ""


def _title(row: Row, value: Any) -> SafeString:
    title, company = row.candidate.current_title, row.candidate.current_company
    between = " · " if title and company else ""
    return format_html(
        '<span class="truncate">{}{}<span class="text-muted">{}</span></span>', title, between, company
    )


def _place(row: Row, value: Any) -> str:
    return ", ".join(part for part in (row.candidate.city, row.candidate.country) if part)


def _score(row: Row, value: Any) -> SafeString:
    return candidate_score(row.score, row.level)


def _ago(row: Row, value: Any) -> str:
    return ago(value)


def _ownership(row: Row, value: Any) -> str:
    if value is None:
        return drawn("badge", label=gettext("Free to take"), tone="plain")
    if value.until is None:
        return str(value.owner)
    until = f"{gettext('until')} {date_format(value.until, 'j M Y')}"
    return format_html('{} <span class="text-muted">{}</span>', value.owner, until)


_LOOKS: dict[str, Callable[[Row, Any], str]] = {
    "stage": _stage,
    "title": _title,
    "place": _place,
    "score": _score,
    "ago": _ago,
    "ownership": _ownership,
}
