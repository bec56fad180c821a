"""How long an export still takes, from how long the part so far took."""

from __future__ import annotations

from collections.abc import Callable

_SURE = 0.04
_SECONDS = 1.0


class TimeLeft:
    """Guesses from the share that is done.

    Args:
        now: seconds of a monotonic clock.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._start = now()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._now() - self._start

    def text(self, fraction: float) -> str:
        """``about 12 s left``; empty while there is too little to guess from."""
        elapsed = self.elapsed
        if fraction < _SURE or elapsed < _SECONDS or fraction >= 1:
            return ""
        return f"about {span(elapsed * (1 - fraction) / fraction)} left"


def span(seconds: float) -> str:
    """A length of time for people: ``8 s``, ``3 min``, ``1.5 h``."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
