"""Which workspaces have something to do, over all tenants: ids and nothing else leave these views."""

from typing import Literal

from django.db import connection

DueView = Literal[
    "crm_due_engagement",
    "crm_due_handoffs",
    "crm_due_messages",
    "crm_due_inbound",
    "crm_due_imports",
    "crm_due_attachments",
    "crm_due_calendars",
    "crm_due_list_runs",
    "crm_due_mail_domains",
    "crm_due_mailboxes",
    "crm_due_provider_events",
    "journeys_due_enrollments",
    "integrations_due_syncs",
    "integrations_due_pushes",
    "integrations_due_webhooks",
    "integrations_due_deliveries",
    "talentpools_due_segments",
    "analytics_due_folds",
    "analytics_due_mailings",
]


def workspaces(view: DueView) -> list[int]:
    """Ids of the workspaces with due work, the longest waiting first. Needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT workspace_id FROM "{view}" ORDER BY waiting_since')  # noqa: S608 - a literal
        return [row[0] for row in cursor.fetchall()]
