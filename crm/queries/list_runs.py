"""How a change to many people, or an export of them, stands. For whoever started it, and admins."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from crm.models import ListRun
from crm.queries.imports import Progress


def visible_to(user_id: int, *, is_admin: bool) -> QuerySet[ListRun]:
    """The runs this member started (an admin: all), without the people they are about."""
    runs = ListRun.objects.select_related("created_by").defer("ids")
    return runs if is_admin else runs.filter(created_by_id=user_id)


def progress(run: ListRun, *, now: datetime) -> Progress:
    """People a second since it started, and the time the rest needs at that pace."""
    if run.started_at is None or not run.done:
        return Progress(0.0, None)
    seconds = max(0.001, ((run.finished_at or now) - run.started_at).total_seconds())
    rate = run.done / seconds
    return Progress(rate, timedelta(seconds=max(0, run.total - run.done) / rate))
