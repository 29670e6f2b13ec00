"""A question put in this workspace: read from its parameters, with the terms that hold and what is news."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from analytics.policies.asking import InvalidQuestion, Reading, read
from analytics.queries.news import news_of
from analytics.queries.pool_health import unknown_pools
from analytics.queries.terms import current_terms
from crm.models import Workspace


def put(
    asked: Mapping[str, Sequence[str]], *, workspace: Workspace, now: datetime, reader: int | None
) -> Reading:
    """The question, ready to be answered. Refuses what is malformed, and pools the reader may not know of."""
    reading = read(asked, workspace=workspace, terms=current_terms(), now=now, reader=reader)
    if unknown_pools(reading.question):
        raise InvalidQuestion(fields={"pool": "There is no such pool."})
    return replace(reading, question=replace(reading.question, news=news_of(reading.question)))
