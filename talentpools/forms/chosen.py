"""Whom a bulk form means: the rows that were ticked, or all results of the list it stands under."""

from datetime import datetime

from django.http import QueryDict

from crm.forms.candidate_filters import filters_from
from crm.forms.ticked import ticked
from crm.queries import candidates
from talentpools.models import Pool
from talentpools.queries import pools


def candidate_ids(posted: QueryDict, *, now: datetime, pool: Pool | None = None) -> list[int]:
    """The ids in `ids` (or `candidate`); with `all`, everybody `query` finds, in the pool if there is one."""
    if not posted.get("all"):
        return ticked(posted, "ids", "candidate")
    filters = filters_from(QueryDict(posted.get("query", "")))
    found = pools.listed(pool, filters, sort="", now=now) if pool else candidates.search(filters, now=now)
    return list(found.order_by().values_list("pk", flat=True))
