"""Every task of the core, imported so that the worker knows them."""

from crm.tasks import accounts, attachments, engagement, imports, mail, upkeep

__all__ = ["accounts", "attachments", "engagement", "imports", "mail", "upkeep"]
