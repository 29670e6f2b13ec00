"""Every task of the core, imported so that the worker knows them."""

from crm.tasks import (
    accounts,
    attachments,
    calendars,
    duplicates,
    engagement,
    imports,
    list_runs,
    mail,
    sending,
    upkeep,
)

__all__ = [
    "accounts",
    "attachments",
    "calendars",
    "duplicates",
    "engagement",
    "imports",
    "list_runs",
    "mail",
    "sending",
    "upkeep",
]
