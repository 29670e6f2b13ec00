"""Every task of the pools, imported so that the worker knows them."""

from talentpools.tasks import reviews, segments

__all__ = ["reviews", "segments"]
