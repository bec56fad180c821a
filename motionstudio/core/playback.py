"""The playback clock: which frame to show now. It asks an injected clock and draws nothing.

True frame times are honoured: a frame that lasts twice as long is shown twice as long, at any
rate. *Real time* keeps to the clock and passes over frames when it must (they are *skipped*,
which is not the same as *dropped*); *every frame* shows each one, later if it must.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from enum import Enum
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray


class Loop(Enum):
    """What happens at the end of the play range."""

    ONCE = "once"
    LOOP = "loop"
    PING_PONG = "ping-pong"


class Pace(Enum):
    """Whether time or frames come first."""

    REAL_TIME = "real-time"
    EVERY_FRAME = "every-frame"


class PlaybackClock:
    """Turns passing time into frames.

    Call ``tick`` as often as the display can paint. Every setting may change while it plays; the
    frame on screen stays and time goes on from there.

    Args:
        times: (T,) seconds of the frames, strictly increasing.
        now: seconds of a monotonic clock.

    Attributes:
        skipped: frames passed over since ``play``, always 0 with ``Pace.EVERY_FRAME``.
    """

    def __init__(
        self, times: NDArray[np.float64], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        if times.ndim != 1 or not len(times) or bool(np.any(np.diff(times) <= 0)):
            raise ValueError(
                f"PlaybackClock: expected (T,) strictly increasing times, got {times.shape}"
            )
        self._now = now
        steps = np.diff(times)
        self._natural = float(np.median(steps)) if len(steps) else 1.0
        self._durations = [*steps.tolist(), self._natural]
        self._interval = self._natural
        self._range = (0, len(times) - 1)
        self._loop = Loop.LOOP
        self._pace = Pace.REAL_TIME
        self._reverse = False
        self._playing = False
        self._frame = 0
        self.skipped = 0
        self._order: list[int] = []
        self._starts: list[float] = [0.0]
        self._passed = 0
        self._anchor = self._shown = 0.0
        self._lay_out()

    @property
    def frame(self) -> int:
        """The frame to show."""
        return self._frame

    @property
    def playing(self) -> bool:
        """Whether time moves frames."""
        return self._playing

    @property
    def fps(self) -> float:
        """Frames per second; uneven frames keep their proportions around it."""
        return 1.0 / self._interval

    @fps.setter
    def fps(self, value: float) -> None:
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"PlaybackClock: expected a positive frame rate, got {value}")
        part = self._part_of_frame()
        self._interval = 1.0 / value
        self._lay_out(part)

    @property
    def loop(self) -> Loop:
        """What happens at the end of the range."""
        return self._loop

    @loop.setter
    def loop(self, value: Loop) -> None:
        part = self._part_of_frame()
        self._loop = value
        self._lay_out(part)

    @property
    def pace(self) -> Pace:
        """Whether time or frames come first."""
        return self._pace

    @pace.setter
    def pace(self, value: Pace) -> None:
        part = self._part_of_frame()
        self._pace = value
        self._lay_out(part)

    @property
    def reverse(self) -> bool:
        """Whether it plays backwards."""
        return self._reverse

    @reverse.setter
    def reverse(self, value: bool) -> None:
        self._reverse = value
        self._lay_out()

    @property
    def play_range(self) -> tuple[int, int]:
        """First and last frame played, both included."""
        return self._range

    @play_range.setter
    def play_range(self, value: tuple[int, int]) -> None:
        first, last = value
        if not 0 <= first <= last < len(self._durations):
            raise ValueError(
                f"PlaybackClock: expected 0 <= first <= last < {len(self._durations)}, got {value}"
            )
        part = self._part_of_frame()
        self._range = (first, last)
        self._lay_out(part)

    def play(self) -> None:
        """Start; from the beginning where it stands outside the range, or at the end of *once*."""
        first, last = self._range
        start, end = (last, first) if self._reverse else (first, last)
        over = self._loop is Loop.ONCE and self._frame == end
        if over or not first <= self._frame <= last:
            self._frame = start
        self._playing = True
        self.skipped = 0
        self._lay_out()

    def pause(self) -> None:
        """Stop on the present frame."""
        self._playing = False

    def seek(self, frame: int) -> None:
        """Show ``frame`` and, when playing, go on from there.

        Raises:
            ValueError: a frame outside the sequence.
        """
        if not 0 <= frame < len(self._durations):
            raise ValueError(
                f"PlaybackClock: expected a frame in [0, {len(self._durations)}), got {frame}"
            )
        self._frame = frame
        self._lay_out()

    def tick(self) -> int:
        """Let the time that has passed act.

        Returns:
            The frame to show now.
        """
        if not self._playing:
            return self._frame
        if self._pace is Pace.REAL_TIME:
            self._follow_time()
        else:
            self._follow_frames()
        return self._frame

    def _follow_time(self) -> None:
        cycles, phase = divmod(self._now() - self._anchor, self._starts[-1])
        index = min(bisect_right(self._starts, phase), len(self._order)) - 1
        passed = int(cycles) * len(self._order) + index
        if self._loop is Loop.ONCE and passed >= len(self._order) - 1:
            passed = len(self._order) - 1
            self._playing = False
        self.skipped += max(0, passed - self._passed - 1)
        self._show(max(passed, self._passed))

    def _follow_frames(self) -> None:
        now = self._now()
        here = self._passed % len(self._order)
        lasts = self._starts[here + 1] - self._starts[here]
        if now - self._shown < lasts:
            return
        # The remainder is carried so that the rate stays true, but only up to one frame: after
        # a stall, playback goes on at its own pace and does not rush.
        self._shown = max(self._shown + lasts, now - lasts)
        self._show(self._passed + 1)
        if self._loop is Loop.ONCE and self._passed == len(self._order) - 1:
            self._playing = False

    def _show(self, passed: int) -> None:
        self._passed = passed
        self._frame = self._order[passed % len(self._order)]

    def _part_of_frame(self) -> float:
        """How much of the present frame's time is over, in [0, 1)."""
        here = self._passed % len(self._order)
        lasts = self._starts[here + 1] - self._starts[here]
        if self._pace is Pace.REAL_TIME:
            spent = (self._now() - self._anchor) % self._starts[-1] - self._starts[here]
        else:
            spent = self._now() - self._shown
        return min(max(spent / lasts, 0.0), 0.999) if self._playing else 0.0

    def _lay_out(self, part: float = 0.0) -> None:
        """Lay the order of frames and their times anew, with the present frame where it is."""
        order = self._cycle()
        here = self._passed % len(order)
        # The way back of a ping-pong shows a frame twice; keep the half that is being played.
        if order != self._order or order[here] != self._frame:
            here = order.index(self._frame) if self._frame in order else 0
        self._order, self._passed = order, here
        scale = self._interval / self._natural
        lasts = [self._durations[frame] * scale for frame in self._order]
        self._starts = [0.0, *accumulate(lasts)]
        now = self._now()
        self._anchor = now - self._starts[self._passed] - part * lasts[self._passed]
        self._shown = now - part * lasts[self._passed]

    def _cycle(self) -> list[int]:
        first, last = self._range
        frames = list(range(first, last + 1))
        if self._reverse:
            frames.reverse()
        if self._loop is Loop.PING_PONG and len(frames) > 2:
            frames += frames[-2:0:-1]
        return frames
