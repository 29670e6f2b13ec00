"""Who may know of a pool."""

from talentpools.models import Pool


def may_see(pool: Pool, *, user_id: int | None, is_guest: bool) -> bool:
    """Shared pools are everybody's, private ones their owner's, confidential ones also their guests'."""
    if pool.visibility == Pool.Visibility.WORKSPACE:
        return True
    if user_id is None:
        return False
    return pool.owner_id == user_id or (is_guest and pool.visibility == Pool.Visibility.CONFIDENTIAL)
