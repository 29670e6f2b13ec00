"""A live check of the credentials: each right is tried once and named in words."""

from collections.abc import Callable, Iterable

from integrations.providers.base import Forbidden, Gone, Rejected, Right


def tried(name: str, purpose: str, ask: Callable[[], object], *, is_required: bool = True) -> Right:
    """The right, granted when asking is not refused for want of it."""
    try:
        ask()
    except Forbidden:
        return Right(name, purpose, is_granted=False, is_required=is_required)
    except (Gone, Rejected):
        # Refused for another reason than a right: the account has no such thing, or none yet.
        return Right(name, purpose, is_granted=True, is_required=is_required)
    return Right(name, purpose, is_granted=True, is_required=is_required)


def granted(rights: Iterable[Right], name: str) -> bool:
    return any(right.is_granted and right.name == name for right in rights)
