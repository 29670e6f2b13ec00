"""Dates as people read them: short, in the reader's zone, with the exact moment one hover away."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.dates import MONTHS_3
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """Date, time and zone: for anything that happens at a time somebody must not miss."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), _exactly(local))


@register.filter
def day(value: date | None) -> str | SafeString:
    """A calendar day; the year only when it is not this one."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    pattern = "j M" if local.year == timezone.localdate().year else "j M Y"
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(), formats.date_format(local, pattern)
    )


@register.filter
def ago(value: datetime | None) -> str | SafeString:
    """How long since, or until; the exact moment is the title."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), _exactly(local), _distance(value)
    )


@register.filter
def duration(value: timedelta | float | None) -> str:
    """A span in its largest unit: 40 s, 12 min, 3 h, 5 days."""
    if value is None:
        return ""
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    if seconds < 60:
        return gettext("%d s") % seconds
    if seconds < 3600:
        return gettext("%d min") % (seconds // 60)
    if seconds < 86_400:
        return gettext("%d h") % (seconds // 3600)
    days = seconds // 86_400
    return ngettext("%d day", "%d days", days) % days


def _exactly(local: datetime) -> str:
    """`j M Y, H:i` and the zone; put together here, for a list has a hundred of them."""
    return f"{local.day} {MONTHS_3[local.month].title()} {local:%Y, %H:%M} {local.tzname()}"


def _distance(value: datetime) -> str:
    gap = timezone.now() - value
    if abs(gap) < timedelta(minutes=1):
        return gettext("just now")
    if abs(gap) < timedelta(days=30):
        span = duration(abs(gap))
        return (gettext("%s ago") if gap > timedelta(0) else gettext("in %s")) % span
    local = timezone.localtime(value)
    pattern = "j M" if local.year == timezone.localdate().year else "j M Y"
    return formats.date_format(local, pattern)
