"""Clocks of the command line."""

from datetime import UTC, datetime

from django.core.management.base import CommandError
from django.utils.dateparse import parse_datetime


def read_clock(text: str | None) -> datetime | None:
    """The instant, in UTC unless a zone is named; None when none was given."""
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"{text} is not a time such as 2026-06-15T09:00:00Z.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
