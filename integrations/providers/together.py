"""Several requests at once: an account far away answers each of them late, and many in the same time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Wanted = TypeVar("Wanted")
Told = TypeVar("Told")


def together(ask: Callable[[Wanted], Told], wanted: Iterable[Wanted], *, at_once: int) -> list[Told]:
    """What `ask` says of each, in their order. The first fault is raised, and who waits is not asked."""
    with ThreadPoolExecutor(at_once) as crew:
        return list(crew.map(ask, wanted))
