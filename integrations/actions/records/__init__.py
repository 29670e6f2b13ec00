"""Records of the common model → our rows, a page at a time and a few statements per page."""
