"""More frames between the frames of a motion: rows interpolated along true times.

Between two rows a cubic runs through both with the slope that their neighbours suggest
(Catmull-Rom on uneven times). Straight lines would be simpler, but motion along them changes its
speed with a jerk at every original frame, which the eye sees as judder at the old rate; and a
curve that never overshoots would slow down before every turn. In a closed cycle the last frame
goes over into the first. Original rows stay as they are, bit for bit, so their pictures do too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Motion, RowKind

FACTORS = (1, 2, 4, 8)
"""What the window offers: how many frames one becomes."""

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Positions:
    """Where the frames of an up-sampled motion lie between the original ones.

    Attributes:
        count: T original frames.
        factor: positions per original frame; position ``p`` is ``p % factor`` steps after frame
            ``p // factor``.
        closed: whether positions follow the last frame too, on the way back to the first.
    """

    count: int
    factor: int = 1
    closed: bool = False

    def __len__(self) -> int:
        if not self.count:
            return 0
        return self.count * self.factor if self.closed else (self.count - 1) * self.factor + 1

    def at(self, frame: int, part: int = 0) -> int:
        """The position ``part`` steps after ``frame``, clamped to what there is."""
        return min(max(frame * self.factor + part, 0), max(len(self) - 1, 0))

    def frame_of(self, position: int) -> tuple[int, int]:
        """The original frame of a position, and the steps after it."""
        return divmod(position, self.factor)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """First and last position of the frames ``first`` to ``last``, both included."""
        whole = first == 0 and last == self.count - 1
        return self.at(first), len(self) - 1 if whole else self.at(last)


def upsampled_times(
    times: Times, factor: int, *, closed: bool = False, period: float | None = None
) -> Times:
    """(len(Positions),) seconds: ``factor`` even steps in every gap, originals as they are.

    Args:
        times: (T,) seconds, strictly increasing.
        factor: at least 1.
        closed: also between the last frame and the first of the next round.
        period: seconds of a round; None: one median frame distance after the last frame.

    Raises:
        ValueError: a factor below 1, or no times.
    """
    _check(times, factor)
    knots = np.append(times, _end(times, period)) if closed else times
    return _between(knots, knots, factor, keep=len(times), straight=True)


def upsample(
    values: NDArray[Any],
    times: Times,
    factor: int,
    *,
    closed: bool = False,
    period: float | None = None,
) -> NDArray[np.float32]:
    """(P, D) float32 rows at ``upsampled_times``; row ``t * factor`` is ``values[t]`` exactly.

    Args:
        values: (T, D).
        times: (T,) seconds, strictly increasing.
        factor: at least 1.
        closed: as in ``upsampled_times``.
        period: as in ``upsampled_times``.

    Raises:
        ValueError: a factor below 1, or shapes that do not fit.
    """
    _check(times, factor)
    if values.ndim != 2 or len(values) != len(times):
        raise ValueError(f"upsample: expected ({len(times)}, D) values, got {values.shape}")
    knots, rows = times, values.astype(np.float64)
    if closed:
        knots, rows = np.append(times, _end(times, period)), np.vstack([rows, rows[:1]])
    made = _between(rows, knots, factor, keep=len(times), wrap=closed).astype(np.float32)
    made[::factor] = values
    return made


def upsample_motion(motion: Motion, factor: int, *, period: float | None = None) -> Motion:
    """The motion with ``factor`` rows for every frame; ``motion`` itself for 1.

    Rows in between count as filled and withheld: no frame was there for the model to see. What a
    refined motion carries beside its rows applies to the rows between them as well.

    Args:
        motion: its rows are frames.
        factor: at least 1.
        period: seconds of a round where ``motion`` is cyclic; None: see ``upsampled_times``.

    Raises:
        ValueError: rows that are not frames.
    """
    if motion.rows is not RowKind.FRAME or len(motion.mean) != len(motion.times):
        raise ValueError(f"upsample_motion: expected one row a frame, got {motion.rows.value}")
    if factor == 1:
        return motion
    closed = motion.cyclic and len(motion.times) > 2
    times = upsampled_times(motion.times, factor, closed=closed, period=period)
    mean = upsample(motion.mean, motion.times, factor, closed=closed, period=period)
    kept, filled = np.zeros(len(times), np.bool_), np.ones(len(times), np.bool_)
    kept[::factor], filled[::factor] = motion.kept, motion.filled
    return replace(
        motion,
        mean=mean,
        std=None if motion.std is None else _widths(motion.std, factor, len(times)),
        kept=kept,
        times=times,
        row_times=np.stack([times, times], axis=1),
        filled=filled,
    )


def positions_of(motion: Motion, factor: int) -> Positions:
    """Where the frames of ``upsample_motion(motion, factor)`` lie."""
    count = len(motion.times)
    return Positions(count, factor, motion.cyclic and count > 2 and factor > 1)


def _check(times: Times, factor: int) -> None:
    if factor < 1 or times.ndim != 1 or not len(times):
        raise ValueError(
            f"upsample: expected (T,) times and a factor of at least 1, got {times.shape}, {factor}"
        )


def _end(times: Times, period: float | None) -> float:
    """When the first frame of the next round comes."""
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    end = float(times[0]) + period if period is not None else float(times[-1]) + step
    return end if end > times[-1] else float(times[-1]) + step


def _between(
    rows: NDArray[np.float64],
    knots: Times,
    factor: int,
    *,
    keep: int,
    wrap: bool = False,
    straight: bool = False,
) -> NDArray[np.float64]:
    """``factor`` values for each gap of ``knots``; the last knot's own only where it is kept."""
    if len(knots) < 2:
        return rows[:1].astype(np.float64)
    steps = np.diff(knots)
    flat = rows.reshape(len(rows), -1)
    slopes = np.diff(flat, axis=0) / steps[:, None]
    part = (np.arange(factor) / factor)[None, :, None]
    low, high, step = flat[:-1, None], flat[1:, None], steps[:, None, None]
    if straight:
        made = low + part * (high - low)
    else:
        tangents = _tangents(slopes, steps, wrap)
        made = (
            low * (1 + 2 * part) * (1 - part) ** 2
            + tangents[:-1, None] * step * part * (1 - part) ** 2
            + high * part**2 * (3 - 2 * part)
            + tangents[1:, None] * step * part**2 * (part - 1)
        )
    whole = made.reshape(-1, flat.shape[1])
    if keep == len(knots):
        whole = np.vstack([whole, flat[-1:]])
    return whole.reshape(-1, *rows.shape[1:])


def _tangents(slopes: NDArray[np.float64], steps: Times, wrap: bool) -> NDArray[np.float64]:
    """Change per second at every knot: the slopes on both sides, the nearer one counting more."""
    if wrap:
        before, after = np.vstack([slopes[-1:], slopes]), np.vstack([slopes, slopes[:1]])
        left, right = np.append(steps[-1], steps), np.append(steps, steps[0])
    else:
        before, after = np.vstack([slopes[:1], slopes]), np.vstack([slopes, slopes[-1:]])
        left, right = np.append(steps[0], steps), np.append(steps, steps[-1])
    share = (right / (left + right))[:, None]
    return np.asarray(share * before + (1 - share) * after, np.float64)


def _widths(std: NDArray[np.float32], factor: int, count: int) -> NDArray[np.float32]:
    """Standard deviations in between: the larger one of both sides, as nothing is known there."""
    following = np.maximum(std, np.roll(std, -1, axis=0))
    widths = np.repeat(following, factor, axis=0)[:count]
    widths[::factor] = std
    return widths
