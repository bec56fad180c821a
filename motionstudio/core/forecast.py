"""How fast a long job goes, and how long the rest of it will take, said from time to time."""

from __future__ import annotations

from collections.abc import Callable

_FIRST_SAID = 4


class Forecast:
    """Watches a job; what loads and warms up with its first part does not count.

    Args:
        count: frames that are to be made.
        clock: seconds.
        every: seconds between two sentences.
    """

    def __init__(self, count: int, clock: Callable[[], float], every: float = 30.0) -> None:
        self._count, self._clock, self._every = count, clock, every
        self._calls = 0
        self._base = (0, 0.0)
        self._said = 0.0

    def after(self, done: int) -> str | None:
        """What there is to say when ``done`` frames are made; mostly nothing.

        Rate and time left, as soon as a few parts tell, and again from time to time.
        """
        now = self._clock()
        self._calls += 1
        if self._calls == 1:
            self._base = (done, now)
        due = self._calls == _FIRST_SAID or now - self._said >= self._every
        if self._calls < _FIRST_SAID or done >= self._count or not due:
            return None
        made, since = self._base
        each = max(now - since, 1e-6) / (done - made)
        self._said = now
        left = _clock_text(each * (self._count - done))
        return f"about {1 / each:.1f} frames a second, {left} left"


def _clock_text(seconds: float) -> str:
    """m:ss, or h:mm:ss from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
