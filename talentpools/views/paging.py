"""Numbered pages of a list, with an exact total."""

from crm.kernel.paging import SIZE, Page, page_of

__all__ = ["SIZE", "Page", "page_of"]
