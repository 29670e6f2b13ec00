"""On whose behalf this code reads: set at the doors, asked by what is not for everybody.

No reader means the system itself: a refresh, a journey, a sweep. It sees everything of the workspace.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody at a door. A program without a person behind it has no `user_id` and sees what all may see.

    `is_present` says that it is the person in a browser, and not a program in their name.
    """

    user_id: int | None
    is_present: bool = False


_current: ContextVar[Reader | None] = ContextVar("reader", default=None)


@contextmanager
def reading_as(reader: Reader | None) -> Iterator[None]:
    """What the block reads is read on behalf of this reader."""
    token = _current.set(reader)
    try:
        yield
    finally:
        _current.reset(token)


def current_reader() -> Reader | None:
    return _current.get()
