"""What a refinement tells while it runs: how far it is, how good, and what it has so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from motionstudio.core.motion import Motion
from motionstudio.engine.call import Call
from motionstudio.engine.fit_responses import Refining
from motionstudio.engine.reference import ReferenceOrder
from motionstudio.models.base import Iterate


class LiveFit:
    """Turns a model's iterates into ``Refining``.

    Args:
        order: how the model sees the clip.
        start: the motion before the first step, rows in the order of frames.
        squares: mean square difference of each kept frame before the first step.
        call: where answers go.
    """

    def __init__(
        self, order: ReferenceOrder, start: Motion, squares: Mapping[int, float], call: Call
    ) -> None:
        self.before = root_mean(squares)
        self._order, self._start, self._squares = order, start, dict(squares)
        self._call, self._tick, self._done = call, call.tick("refining"), 0.0

    def tick(self, fraction: float) -> bool:
        """The model's tick."""
        self._done = fraction
        return self._tick(fraction)

    def watch(self, iterate: Iterate) -> None:
        """The model's watch."""
        frame = int(self._order.indices[iterate.row])
        self._squares[frame] = iterate.error
        start = self._start
        self._call.emit(
            Refining(
                ticket=self._call.ticket,
                fraction=self._done,
                motion=self._order.back(iterate.motion, start.times, start.kept),
                frame=frame,
                error=root_mean(self._squares),
                error_before=self.before,
            )
        )


def root_mean(squares: Mapping[int, float]) -> float:
    """Root of the mean of the values; 0 where there are none."""
    values: Iterable[float] = squares.values()
    return float(np.sqrt(np.mean(list(values)))) if squares else 0.0
