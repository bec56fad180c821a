"""Which frames first, and at which size: pure decisions, no model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from motionstudio.engine.requests import Scale

BUDGET_MS = 33.0
"""A preview should be on screen this soon after the hand moved."""

REST_MS = 60
"""How long a hand must rest before full quality is asked for, to be there within 120 ms."""

# Weight of the newest measurement: old ones fade within about five pictures.
_NEWEST = 0.3
# What cannot be measured here: the way through the queue and onto the screen.
_AROUND_MS = 5.0


def plan(
    count: int,
    playhead: int,
    *,
    changed: Collection[int] | None = None,
    cached: Collection[int] = (),
) -> tuple[int, ...]:
    """The order in which frames are needed: the current one, then outward, forward first.

    Args:
        count: number of frames.
        playhead: the current frame; clamped to the sequence.
        changed: frames whose pictures are out of date, or None for all.
        cached: frames whose pictures are at hand; those in ``changed`` do not count.

    Returns:
        Indices of all frames that have no up-to-date picture, each once.
    """
    outdated = range(count) if changed is None else set(changed)
    at_hand = {frame for frame in cached if frame not in outdated}
    start = min(max(playhead, 0), max(count - 1, 0))
    order = sorted(range(count), key=lambda frame: (abs(frame - start), frame < start))
    return tuple(frame for frame in order if frame not in at_hand)


def within_reach(count: int, playhead: int, reach: int, *, ahead: int = 0) -> range:
    """The frames around ``playhead`` that are worth keeping at hand: at most ``reach`` of them.

    Args:
        count: number of frames.
        playhead: the current frame.
        reach: how many frames fit.
        ahead: 1 while playing forward, -1 backward: three quarters of them lie that way; 0: as
            many on both sides.
    """
    size = min(max(reach, 1), count)
    before = {0: size // 2, 1: size // 4, -1: 3 * size // 4}[ahead]
    start = min(max(playhead - before, 0), count - size)
    return range(start, start + size)


@dataclass(slots=True)
class Pace:
    """Running estimates of what a picture costs, in milliseconds.

    Attributes:
        decode: of one model call for one frame, or None before the first.
        paint: of bending the source, per million pixels, or None before the first.
    """

    decode: float | None = None
    paint: float | None = None

    def saw_decode(self, ms: float) -> None:
        """Take in a measurement of one decoded frame."""
        self.decode = _blend(self.decode, ms)

    def saw_paint(self, ms: float, pixels: int) -> None:
        """Take in a measurement of one painted picture of ``pixels`` pixels."""
        self.paint = _blend(self.paint, ms * 1e6 / max(pixels, 1))

    def expected(self, pixels: int, *, decoded: bool) -> float:
        """Milliseconds until a picture of ``pixels`` pixels; unknown parts count as nothing."""
        decode = 0.0 if decoded else self.decode or 0.0
        return decode + (self.paint or 0.0) * pixels / 1e6

    def scale_for(self, pixels: int, *, decoded: bool) -> Scale:
        """HALF when a full picture of ``pixels`` pixels would miss the budget, else FULL."""
        late = self.expected(pixels, decoded=decoded) + _AROUND_MS > BUDGET_MS
        return Scale.HALF if late else Scale.FULL

    @property
    def decode_is_slow(self) -> bool:
        """True when the model alone uses up the budget: a preview may be less exact then."""
        return (self.decode or 0.0) + _AROUND_MS > BUDGET_MS


def _blend(old: float | None, new: float) -> float:
    return new if old is None else (1 - _NEWEST) * old + _NEWEST * new
