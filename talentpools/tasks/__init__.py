"""Every task of the pools, imported so that the worker knows them."""

from talentpools.tasks import forms, reviews, segments

__all__ = ["forms", "reviews", "segments"]
