"""Fitting a GenLMM motion to its frames row by row, and keeping what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.motion import Float, Motion
from motionstudio.models import correction as correcting
from motionstudio.models.base import Iterate, Watch
from motionstudio.models.correction import Correction, RowFit
from motionstudio.models.genlmm import GenLMM


@dataclass(slots=True)
class Refiner:
    """Fits rows of a motion to its frames, each with a coarse velocity beside it.

    Attributes:
        network: gives the smoothing and the integration.
        decode: (1, D) row to (1, 2, h, h) velocity on the source.
        start: the motion to begin with.
        frames: (T, C, S, S), the reference first.
        looked: rows of kept frames but the reference, increasing.
        watch: shown what is reached.
    """

    network: GenLMM
    decode: Callable[[Tensor], Tensor]
    start: Motion
    frames: Float
    looked: NDArray[np.intp]
    watch: Watch
    _mean: Float = field(init=False)
    _velocity: dict[int, Float] = field(init=False)
    _source: NDArray[np.uint8] = field(init=False)

    def __post_init__(self) -> None:
        source, side = np.ascontiguousarray(self.frames[0]), correcting.grid_size(self.network)
        self._mean, self._source = self.start.mean.copy(), correcting.digest(source)
        before, rest = Correction.of(self.start.state, source), np.zeros((2, side, side))
        self._velocity = {
            int(row): rest.astype(np.float32) if before is None else before.at(self._mean[row])
            for row in self.looked
        }

    def fit(self, rows: Sequence[int], steps: int, tick: Callable[[float], None]) -> Motion:
        """Fit ``rows``, a part of ``looked``, in this order; rows of dropped frames follow."""
        for number, row in enumerate(rows):

            def inner(done: float, number: int = number) -> None:
                tick((number + done) / len(rows))

            self._mean[row], self._velocity[row] = correcting.fit_row(
                self.network, self.decode, self._task(row), steps, inner, self._watcher(row)
            )
        return self._motion()

    def _task(self, row: int) -> RowFit:
        std = self.start.std
        width = np.ones_like(self._mean[row]) if std is None else std[row]
        pair = np.stack([self.frames[0], self.frames[row]])
        return RowFit(pair, self._mean[row].copy(), width, self._velocity[row])

    def _watcher(self, row: int) -> Callable[[Float, Float, float], None]:
        def see(values: Float, velocity: Float, error: float) -> None:
            self._mean[row], self._velocity[row] = values, velocity
            self.watch(Iterate(self._motion(), row, error))

        return see

    def _motion(self) -> Motion:
        mean = self._mean.copy()
        carry_change(self.start, mean, self.looked)
        velocities = np.stack([self._velocity[int(row)] for row in self.looked])
        correction = Correction(mean[self.looked], velocities, self._source)
        return replace(self.start, mean=mean, state={**self.start.state, **correction.state()})


def carry_change(motion: Motion, mean: Float, looked: NDArray[np.intp]) -> None:
    """Give rows of dropped frames the interpolated change of their kept neighbours, in place.

    Args:
        motion: before the change.
        mean: (R, D) after it, at the rows ``looked``.
        looked: rows of kept frames but the reference, increasing.
    """
    gaps = np.flatnonzero(~motion.kept)
    if not len(gaps) or not len(looked):
        return
    anchors = np.concatenate([[0], looked])
    change, places = (mean - motion.mean)[anchors], motion.times[anchors]
    if motion.cyclic:
        # After the last frame comes the reference again, which nothing changes.
        again = motion.times[-1] + np.median(np.diff(motion.times))
        change, places = np.concatenate([change, change[:1]]), np.append(places, again)
    for dim in range(motion.dims):
        found = np.interp(motion.times[gaps], places, change[:, dim])
        mean[gaps, dim] = motion.mean[gaps, dim] + found.astype(np.float32)


def keep_refinement(encoded: Motion, refined: Motion) -> Motion:
    """``encoded`` with the rows and corrections of frames that are kept in both motions.

    Every row was fitted to its own frame alone, so what is kept knows nothing of a frame that
    is dropped in ``encoded``.
    """
    found = Correction.read(refined.state)
    if found is None or refined.mean.shape != encoded.mean.shape:
        return encoded
    looked = np.flatnonzero(encoded.kept)
    looked = looked[looked > 0]
    places = {row.tobytes(): place for place, row in enumerate(found.rows)}
    known = {
        int(t): places[refined.mean[t].tobytes()]
        for t in looked
        if refined.kept[t] and refined.mean[t].tobytes() in places
    }
    if not known:
        return encoded
    mean = encoded.mean.copy()
    mean[list(known)] = refined.mean[list(known)]
    carry_change(encoded, mean, looked)
    kept = list(known.values())
    correction = Correction(found.rows[kept], found.velocity[kept], found.source)
    return replace(encoded, mean=mean, state={**encoded.state, **correction.state()})
