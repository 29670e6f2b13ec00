"""Every task of the core, imported so that the worker knows them."""

from crm.tasks import accounts, upkeep

__all__ = ["accounts", "upkeep"]
