"""What the cases about journeys and mail start from: reachable people, a journey, a mailbox without pace."""

from typing import Any

from django.db import connection

from benchmarks.seeding import workspace_of
from crm.actions import users
from crm.kernel.tenancy import current_workspace_id, workspace_scope
from crm.models import Candidate, User
from journeys.actions import journeys
from journeys.actions.mailboxes import set_pace
from journeys.models import Journey, Template
from journeys.policies.file_format import FORMAT

_BODY = """Dear {{ candidate.first_name }},

we met when you applied for {{ application.title | default: "a role" }}. The team has doubled since, and the
[report on what we learned](https://example.com/report) is out. Two more things may be of use: what the
[market pays](https://example.com/pay) and how we [interview](https://example.com/interviews).

All the best,
{{ sender.first_name }}"""
_READY = """
    UPDATE crm_candidate SET email_state = 'ok', consent = 'granted', consent_expires_at = NULL,
        unsubscribed_at = NULL, in_process = false, topics_declined = '{}', not_before = NULL,
        preferred_gap_days = NULL, archived_at = NULL, owner_id = NULL,
        first_name = coalesce(nullif(first_name, ''), 'Alex')
    WHERE workspace_id = %s
"""


def reachable_people(count: int) -> tuple[int, list[int]]:
    """A workspace in which so many people may be written to now, and their ids."""
    workspace_id = workspace_of(count, purpose="touch").pk
    with workspace_scope(workspace_id):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(_READY, [current_workspace_id()])
            for table in ("journeys_steprun", "journeys_enrollment", "crm_message", "crm_eventhandoff"):
                cursor.execute(f"DELETE FROM {table} WHERE workspace_id = %s", [current_workspace_id()])
        ids = list(Candidate.objects.order_by("pk").values_list("pk", flat=True)[:count])
    return workspace_id, ids


def share_among(recruiters: int) -> None:
    """Everybody has an owner, so many recruiters in all."""
    team = [users.find_or_create(email=f"bench-{n}@rekindle.example").pk for n in range(recruiters)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE crm_candidate SET owner_id = (%s::bigint[])[1 + id %% %s] WHERE workspace_id = %s",
            [team, len(team), current_workspace_id()],
        )


def a_journey(
    name: str, *steps: dict[str, Any], pace: tuple[int, int] = (10_000_000, 0), **settings: Any
) -> Journey:
    """A live journey with these steps; the template “bench” is there. `pace` is a mailbox's limit a day, and
    the seconds between two messages."""
    if not Template.objects.filter(key="bench").exists():
        Template.objects.create(
            key="bench", name="Bench", subject="Hello {{ candidate.first_name }}", body=_BODY
        )
    for sender in (None, *User.objects.filter(email__startswith="bench")):
        set_pace(sender=sender, daily_limit=pace[0], spacing_seconds=pace[1])
    document: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "trigger": {"on": "manual"},
        "settings": settings,
    }
    document["steps"] = list(steps)
    draft = journeys.save_draft(document=document, by=None)
    journeys.publish(journey=draft, by=None)
    return Journey.objects.get(pk=draft.pk)
