"""Figures beside their floors, as a table."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: ours, the floor's, and what is to be reached. Milliseconds unless `unit` says else."""

    case: str
    ours: float
    floor: float
    reach: str
    unit: str = "ms"
    peak_mb: float = 0.0

    @property
    def ratio(self) -> str:
        return f"{self.ours / self.floor:.2f} ×" if self.floor else "–"


@dataclass(frozen=True, slots=True)
class Bench:
    """What a case is given: how many people, the workspace that has them, which ATSs (none named: all)."""

    people: int
    workspace_id: int
    vendors: tuple[str, ...] = ()


def p95(measure: Callable[[], object], *, times: int = 20) -> float:
    """The 95th percentile of so many runs, in milliseconds, after one to warm up."""
    measure()
    taken = sorted(once(measure) for _ in range(times))
    return statistics.quantiles(taken, n=20, method="inclusive")[-1]


def once(measure: Callable[[], object]) -> float:
    """How long one run takes, in milliseconds."""
    started = time.perf_counter()
    measure()
    return (time.perf_counter() - started) * 1_000


class Memory:
    """How much this process grew at most since it was asked to watch; Linux alone tells."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")
        self._before = _status("VmRSS")

    @property
    def grown_mb(self) -> float:
        return max(0, _status("VmHWM") - self._before) / 1_024


def _status(name: str) -> int:
    """Kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def table(figures: Iterable[Figure]) -> str:
    """The figures as text, with the machine they were taken on."""
    head = ("case", "ours", "floor", "ratio", "reach", "grew by")
    rows = [
        (
            one.case,
            f"{one.ours:,.0f} {one.unit}",
            f"{one.floor:,.0f} {one.unit}" if one.floor else "–",
            one.ratio,
            one.reach,
            f"{one.peak_mb:,.0f} MB" if one.peak_mb else "",
        )
        for one in figures
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)
    ]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return "\n".join([*lines, "", machine])
