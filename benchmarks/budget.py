"""The latency budget: what an action may take, what it took, and whether that is within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

HEAD = (
    f"{'':44s} {'cpu p50':>8s} {'cpu p95':>8s} {'wall p50':>9s} {'wall p95':>9s} {'ratio':>7s} "
    f"{'target':>8s} {'limit':>7s}"
)


@dataclass
class Row:
    """Milliseconds of one kind of action.

    Attributes:
        name: what was done.
        target, limit: milliseconds of the budget's 95th percentile; 0: none.
        wall, cpu: measured; ``cpu`` is that of the measuring thread.
        by: which of both the limit is held against.
    """

    name: str
    target: float = 0.0
    limit: float = 0.0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    by: str = "wall"

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Note what the block takes."""
        cpu, wall = time.thread_time(), time.perf_counter()
        yield
        self.wall.append((time.perf_counter() - wall) * 1e3)
        self.cpu.append((time.thread_time() - cpu) * 1e3)

    def time(self, step: Callable[[], object]) -> None:
        """Run ``step`` and note what it took."""
        with self.taking():
            step()

    @property
    def verdict(self) -> str:
        """``within``, ``over``, or nothing where the budget sets no limit."""
        values = self.wall if self.by == "wall" else self.cpu
        if not self.limit or not values:
            return ""
        worst = float(np.percentile(values, 95))
        return "target" if worst <= self.target else "within" if worst <= self.limit else "OVER"

    def line(self, bare: float) -> str:
        """A line of the table; ``bare`` is the model call that processor time is divided by."""
        cells = " ".join(
            [_cell(self.cpu, 50, 8), _cell(self.cpu, 95, 8),
             _cell(self.wall, 50, 9), _cell(self.wall, 95, 9)]
        )  # fmt: skip
        ratio = f"{np.median(self.cpu) / bare:6.2f}x" if self.cpu and bare else " " * 7
        limits = f"{self.target:8.0f} {self.limit:7.0f}" if self.limit else " " * 16
        return f"{self.name:44s} {cells} {ratio} {limits}  {self.verdict}"


def _cell(values: list[float], share: int, width: int) -> str:
    return f"{np.percentile(values, share):{width}.2f}" if values else " " * width
