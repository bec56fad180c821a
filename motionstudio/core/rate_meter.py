"""How fast playback really is: counts the pictures that were on screen, not those asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

_WINDOW = 2.0
_FIRST = 0.5


class RateMeter:
    """Measures pictures per second over the last two seconds.

    Args:
        now: seconds of a monotonic clock.

    Attributes:
        late: pictures that the playhead left before they were drawn.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._shown: deque[float] = deque()
        self._pending = False
        self.late = 0

    def start(self, *, drawn: bool) -> None:
        """Playback begins; ``drawn`` tells whether its first picture is on screen."""
        self._shown.clear()
        self.late, self._pending = 0, not drawn
        if drawn:
            self._shown.append(self._now())

    def moved(self) -> None:
        """The playhead went on to another picture."""
        if self._pending:
            self.late += 1
        self._pending = True

    def drew(self) -> None:
        """The picture at the playhead is on screen; told as often as one likes."""
        if self._pending:
            self._pending = False
            now = self._now()
            self._shown.append(now)
            while now - self._shown[0] > _WINDOW:
                self._shown.popleft()

    @property
    def rate(self) -> float:
        """Pictures per second; 0 before there is half a second to measure."""
        if len(self._shown) < 2 or self._shown[-1] - self._shown[0] < _FIRST:
            return 0.0
        return (len(self._shown) - 1) / (self._shown[-1] - self._shown[0])
