"""What a pause says to whoever would be due: the step waits, with the code `paused`."""

import json
from datetime import datetime
from typing import Any

from django.db import connection

from crm.kernel.tenancy import current_workspace_id
from journeys.models import Enrollment, Journey, StepRun
from journeys.policies.refusals import refusal
from journeys.queries import plans

# What is noted stays; a step that waits for something else waits for the end of the pause from now on.
_NOTE = """
INSERT INTO journeys_steprun (workspace_id, enrollment_id, journey_id, step_id, visit, kind, state, refusal,
    reason, choice, started_at)
SELECT e.workspace_id, e.id, e.journey_id, e.step_id, e.visit, s.kind, 'waiting', %(code)s, %(why)s, '',
    %(now)s
FROM journeys_enrollment e
JOIN json_to_recordset(%(steps)s) AS s (version_id bigint, step_id text, kind text)
    ON s.version_id = e.version_id AND s.step_id = e.step_id
WHERE e.workspace_id = %(workspace)s AND e.state = 'active' AND e.due_at <= %(now)s
    AND e.journey_id = ANY(%(journeys)s)
    AND NOT EXISTS (SELECT FROM journeys_steprun r WHERE r.workspace_id = e.workspace_id
        AND r.enrollment_id = e.id AND r.step_id = e.step_id AND r.visit = e.visit AND r.refusal = %(code)s)
ON CONFLICT (workspace_id, enrollment_id, step_id, visit) DO UPDATE
    SET refusal = EXCLUDED.refusal, reason = EXCLUDED.reason
    WHERE journeys_steprun.state = 'waiting'
"""


def note(*, now: datetime) -> int:
    """Everybody whose time has come in a paused journey is told so on their step; returns how many are new.

    One statement, however many they are; twice is once.
    """
    paused = list(Journey.objects.filter(state=Journey.State.PAUSED).values_list("pk", flat=True))
    due = Enrollment.objects.filter(journey__in=paused, state=Enrollment.State.ACTIVE, due_at__lte=now)
    versions = plans.plans_of(due.values_list("version_id", flat=True).distinct()) if paused else {}
    steps = [
        {"version_id": version_id, "step_id": step.id, "kind": step.type.value}
        for version_id, plan in versions.items()
        for step in plan.steps.values()
    ]
    if not steps:
        return 0
    values: dict[str, Any] = {
        "code": "paused",
        "why": refusal("paused").sentence,
        "now": now,
        "workspace": current_workspace_id(),
        "journeys": paused,
        "steps": json.dumps(steps),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)
        return int(cursor.rowcount)


def lift(*, journey: Journey, since: datetime, now: datetime) -> int:
    """The journey goes on: what waited for that alone waits for its own time again, and says since when."""
    why = f"Waited from {since:%-d %b %Y} to {now:%-d %b %Y}, while the journey was paused."
    waiting = StepRun.objects.filter(journey=journey, state=StepRun.State.WAITING, refusal="paused")
    return waiting.update(refusal="", reason=why)
