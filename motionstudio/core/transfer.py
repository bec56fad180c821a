"""The motion of one subject for another: resampled in time, then replacing, added or blended.

A row says how something moves away from the reference, not where: that is the picture's part. So
rows may be carried from one subject to another as they are; only their times differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float, Motion, RowKind
from motionstudio.core.strength import MOST

STRENGTH_MAX = MOST
"""The largest amplitude that is offered: twice the motion of the source."""

CARRIED_ROWS = frozenset((RowKind.FRAME, RowKind.PAIR))
"""Rows that can be carried from one subject to another."""

# Positions that agree to this share of a frame distance are the same positions.
_SAME = 1e-3


class TransferMode(StrEnum):
    """What happens to the target's own motion."""

    REPLACE = "replace"
    ADD = "add"
    BLEND = "blend"

    @property
    def label(self) -> str:
        """For people."""
        return _LABELS[self]

    @property
    def strongest(self) -> float:
        """The largest strength: a share for ``BLEND``, an amplitude for the others."""
        return 1.0 if self is TransferMode.BLEND else STRENGTH_MAX


_LABELS = {
    TransferMode.REPLACE: "Replace the motion",
    TransferMode.ADD: "Add to the motion",
    TransferMode.BLEND: "Blend with the motion",
}


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """When the rows of a motion are.

    Attributes:
        times: (R,) float64 seconds, strictly increasing.
        reference: row that the motion starts from.
        cyclic: whether the rows are one closed period.
        period: seconds of that period, where the times do not tell, or None.
    """

    times: NDArray[np.float64]
    reference: int = 0
    cyclic: bool = False
    period: float | None = None

    @classmethod
    def of(cls, motion: Motion, reference: int = 0, period: float | None = None) -> Self:
        """The timing of a motion's rows."""
        times = motion.row_times.mean(1) if motion.rows is not RowKind.FRAME else motion.times
        # Steps have no row at rest; the first one starts at the reference.
        first = reference if motion.rows is RowKind.FRAME else 0
        return cls(np.asarray(times, np.float64), first, motion.cyclic, period)

    def positions(self, *, as_cycle: bool) -> NDArray[np.float64]:
        """(R,) positions of the rows.

        Args:
            as_cycle: True for phases in [0, 1) from the reference on, False for shares of the
                way from the first row to the last, [0, 1].
        """
        if len(self.times) < 2:
            return np.zeros(len(self.times))
        elapsed = self.times - self.times[0]
        if not as_cycle:
            return np.asarray(elapsed / elapsed[-1])
        period = self.period or float(elapsed[-1] + np.median(np.diff(self.times)))
        return np.asarray(((elapsed - elapsed[self.reference]) / period) % 1.0)


def check_match(source: Motion, target: Motion, source_name: str, target_name: str) -> None:
    """Raise unless rows of ``source`` mean the same as rows of ``target``.

    Raises:
        MotionStudioError: another model, other weights, or rows that are neither frames nor
            steps from one frame to the next.
    """
    if source.rows is not target.rows or source.rows not in CARRIED_ROWS:
        raise MotionStudioError(
            "Motion can only be carried between models whose rows are frames or steps between "
            "frames.",
            "Choose another model for both clips.",
        )
    same_weights = not (source.model_hash and target.model_hash) or (
        source.model_hash == target.model_hash
    )
    if source.dims != target.dims or source.model != target.model or not same_weights:
        raise MotionStudioError(
            f"The motion of {source_name} was found by the model {source.model or 'unknown'}, "
            f"{target_name} uses {target.model or 'unknown'}: their numbers mean different things.",
            f"Find the motion of {source_name} with the model of {target_name} first.",
        )


def resampled(values: Float, source: Timing, target: Timing, *, rest: bool = True) -> Float:
    """Rows of one motion at the times of another.

    Closed cycles are matched by phase from their references on, everything else by the share of
    the way through the clip. Between rows a smooth curve is drawn that never leaves the range of
    its neighbours. Equal positions give the very same values.

    Args:
        values: (R, D) rows of the source.
        source: when they are.
        target: when rows are wanted.
        rest: whether the target's reference is at rest whatever the source does then.

    Returns:
        (R', D) float32; the row of the target's reference is zero where it is at rest.

    Raises:
        ValueError: ``values`` and ``source`` have different lengths.
    """
    if len(values) != len(source.times):
        raise ValueError(
            f"resampled: expected {len(source.times)} rows of values, got {len(values)}"
        )
    cycle = source.cyclic and target.cyclic
    have, want = source.positions(as_cycle=cycle), target.positions(as_cycle=cycle)
    if len(have) == len(want) and np.abs(have - want).max() * max(len(have), 1) < _SAME:
        found = np.array(values, np.float32)
    elif len(have) == 1:
        found = np.repeat(values, len(want), axis=0).astype(np.float32)
    else:
        order = np.argsort(have, kind="stable")
        places, rows = have[order], np.asarray(values, np.float64)[order]
        if cycle:
            places, rows = _closed(places, rows)
        found = _smooth_between(places, rows, want).astype(np.float32)
    if rest:
        found[target.reference] = 0
    return found


def nearest_rows(source: Timing, target: Timing) -> NDArray[np.intp]:
    """(R',) for each of the target's rows the source's that is nearest in phase or position."""
    cycle = source.cyclic and target.cyclic
    have, want = source.positions(as_cycle=cycle), target.positions(as_cycle=cycle)
    away = np.abs(want[:, np.newaxis] - have)
    if cycle:
        away = np.minimum(away, 1 - away)
    return np.asarray(away.argmin(axis=1), np.intp)


def combined(own: Float, arriving: Float, mode: TransferMode, strength: float) -> Float:
    """What a subject does after a transfer.

    Args:
        own: (R, D) what the target does now.
        arriving: (R, D) the source's motion at the target's times.
        mode: replace gives ``strength`` times the arriving motion, add puts that on top of the
            target's own, blend goes the share ``strength`` of the way to the arriving motion.
        strength: in [0, ``mode.strongest``].

    Returns:
        (R, D) float32. Replacing at strength 1 gives ``arriving`` bit for bit.

    Raises:
        ValueError: other shapes, or a strength out of range.
    """
    if own.shape != arriving.shape:
        raise ValueError(f"combined: expected two of one shape, got {own.shape}, {arriving.shape}")
    if not 0 <= strength <= mode.strongest:
        raise ValueError(f"combined: expected a strength in [0, {mode.strongest}], got {strength}")
    part = arriving if strength == 1 else (arriving * np.float32(strength)).astype(np.float32)
    if mode is TransferMode.REPLACE:
        return part
    if mode is TransferMode.ADD:
        return (own + part).astype(np.float32)
    if strength == 1:
        return arriving
    return (own * np.float32(1 - strength) + part).astype(np.float32)


def _closed(
    places: NDArray[np.float64], rows: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The cycle with two rows more on either side, so that curves run on through its ends."""
    n = min(2, len(places))
    return (
        np.concatenate([places[-n:] - 1, places, places[:n] + 1]),
        np.concatenate([rows[-n:], rows, rows[:n]]),
    )


def _smooth_between(
    places: NDArray[np.float64], rows: NDArray[np.float64], wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Piecewise cubic Hermite curves without overshoot (Fritsch and Butland's slopes)."""
    steps = np.diff(places)[:, np.newaxis]
    slopes = np.diff(rows, axis=0) / steps
    tangents = _tangents(slopes, steps)
    piece = np.clip(np.searchsorted(places, wanted, "right") - 1, 0, len(places) - 2)
    width = steps[piece]
    t = np.clip((wanted - places[piece]) / width[:, 0], 0, 1)[:, np.newaxis]
    here, there = rows[piece], rows[piece + 1]
    # In place: while a hand hovers, matrices of half a million values pass here.
    bend, other = tangents[piece], tangents[piece + 1]
    bend *= 1 - t
    other *= t
    bend -= other
    bend *= width * t * (1 - t)
    curve = here * ((1 + 2 * t) * (1 - t) ** 2)
    curve += np.multiply(there, t * t * (3 - 2 * t), out=other)
    curve += bend
    for end, exact in ((0.0, here), (1.0, there)):
        at = t[:, 0] == end
        curve[at] = exact[at]
    np.maximum(curve, np.minimum(here, there, out=other), out=curve)
    return np.minimum(curve, np.maximum(here, there, out=other), out=curve)


def _tangents(slopes: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n + 1, D) slopes at the rows: the weighted harmonic mean, zero at turning points."""
    if len(slopes) == 1:
        return np.repeat(slopes, 2, axis=0)
    before, after = slopes[:-1], slopes[1:]
    left, right = 2 * steps[1:] + steps[:-1], steps[1:] + 2 * steps[:-1]
    same_way = before * after > 0
    made = np.empty((len(slopes) + 1, *slopes.shape[1:]))
    made[0], made[-1] = slopes[0], slopes[-1]
    inner = made[1:-1]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        np.divide(left, before, out=inner)
        inner += right / after
        np.divide(left + right, inner, out=inner)
    inner[~(same_way & np.isfinite(inner))] = 0.0
    return made
