"""Messages that waited in the queue, for a mail server that did not answer: may they still leave now?"""

from collections.abc import Collection
from datetime import datetime

from journeys.models import StepRun
from journeys.policies import scheduler
from journeys.policies.timing import roll_forward
from journeys.queries import people, plans


def opens_at(message_ids: Collection[int], *, now: datetime) -> dict[int, tuple[str, datetime]]:
    """Of these, the ones whose journey's window is closed where the person lives: the code, and when it opens
    (settings.MESSAGE_GUARDS).
    """
    runs = list(StepRun.objects.filter(message_id__in=message_ids).select_related("enrollment"))
    if not runs:
        return {}
    at_home = people.house()
    known = people.people({run.enrollment.candidate_id for run in runs}, at_home, now=now, judged=())
    by_version = plans.plans_of({run.enrollment.version_id for run in runs})
    found = {}
    for run in runs:
        journey = by_version[run.enrollment.version_id].journey
        place = known[run.enrollment.candidate_id].window_place(journey, at_home)
        opened = roll_forward(now, journey.settings.window, place)
        if opened > now:
            found[run.message_id or 0] = (scheduler.closed(now, place).code, opened)
    return found
