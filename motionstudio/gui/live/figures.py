"""How fast a live driver is: rates, milliseconds by stage, what was skipped."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

STAGES = ("capture", "detector", "motion", "generator", "paint", "show")
"""In the order in which a picture passes them."""
_KEPT = 30
_SHARE = 0.2


class Rate:
    """Events a second over the last thirty."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque(maxlen=_KEPT)

    def saw(self, moment: float) -> None:
        """One happened at ``moment`` seconds."""
        self._moments.append(moment)

    @property
    def value(self) -> float:
        """Per second; 0 before the second event."""
        if len(self._moments) < 2:
            return 0.0
        return (len(self._moments) - 1) / max(self._moments[-1] - self._moments[0], 1e-6)


@dataclass(frozen=True, slots=True)
class Figures:
    """What people are told.

    Attributes:
        capture, poses, pictures: a second.
        stages: milliseconds by name, means that follow slowly.
        latency: milliseconds from a picture of the driver to the source's on screen.
        skipped: pictures of the driver that no picture was made for, as newer ones had come.
    """

    capture: float = 0.0
    poses: float = 0.0
    pictures: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    latency: float = 0.0
    skipped: int = 0


class FigureKeeper:
    """Collects what happens to live pictures."""

    def __init__(self) -> None:
        self._capture, self._poses, self._pictures = Rate(), Rate(), Rate()
        self._stages: dict[str, float] = {}
        self._latency = 0.0
        self._last = -1
        self._skipped = 0

    def captured(self, moment: float, milliseconds: float) -> None:
        """A picture of the driver came; ``milliseconds`` went into unpacking it."""
        self._capture.saw(moment)
        self._mean({"capture": milliseconds})

    def posed(self, moment: float, milliseconds: Mapping[str, float]) -> None:
        """Where the driver is was found."""
        self._poses.saw(moment)
        self._mean(milliseconds)

    def pictured(self, moment: float, number: int, milliseconds: Mapping[str, float]) -> None:
        """The source's picture for number ``number`` came."""
        self._pictures.saw(moment)
        self._skipped += max(0, number - self._last - 1)
        self._last = max(self._last, number)
        self._mean(milliseconds)

    def shown(self, milliseconds: float, latency: float) -> None:
        """It is on screen."""
        self._mean({"show": milliseconds})
        self._latency = _follow(self._latency, latency)

    @property
    def now(self) -> Figures:
        """The figures as they are."""
        ordered = {name: self._stages[name] for name in STAGES if name in self._stages}
        return Figures(
            self._capture.value, self._poses.value, self._pictures.value, ordered,
            self._latency, self._skipped,
        )  # fmt: skip

    def _mean(self, milliseconds: Mapping[str, float]) -> None:
        for name, value in milliseconds.items():
            self._stages[name] = _follow(self._stages.get(name, 0.0), value)


def _follow(mean: float, value: float) -> float:
    return value if not mean else mean + _SHARE * (value - mean)
