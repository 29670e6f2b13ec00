"""Which segment must be computed before which: pure work on ids."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

Edges = Mapping[int, Iterable[int]]
"""Segment → the segments its members depend on: those its rules name, and its parent."""


def in_order(edges: Edges) -> list[int]:
    """Every segment after those it depends on; the members of a cycle, which cannot be saved, come last."""
    known = {segment: [other for other in others if other in edges] for segment, others in edges.items()}
    try:
        return list(TopologicalSorter(known).static_order())
    except CycleError:
        return sorted(edges)


def cycle(edges: Edges, *, start: int) -> list[int]:
    """The way from the segment back to itself, both ends included; empty when there is none."""
    trail: list[tuple[int, list[int]]] = [(start, [start])]
    seen: set[int] = set()
    while trail:
        here, path = trail.pop()
        for after in edges.get(here, ()):
            if after == start:
                return [*path, start]
            if after not in seen:
                seen.add(after)
                trail.append((after, [*path, after]))
    return []
