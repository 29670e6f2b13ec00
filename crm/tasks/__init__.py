"""Every task of the core, imported so that the worker knows them."""

from crm.tasks import upkeep

__all__ = ["upkeep"]
