"""Onion skin: which neighbouring frames are shown as ghosts, how strongly, in which colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Mode = Literal["frames", "keyed", "selected"]
Picture = NDArray[np.uint8]

_STRONG, _WEAK = 0.85, 0.3
_NOISE, _FULL_AT = np.uint8(10), 40.0
_VOTERS = 4


@dataclass(frozen=True, slots=True)
class OnionSkin:
    """The options of the onion skin.

    Attributes:
        on: whether ghosts are shown.
        mode: ``frames`` counts frames, ``keyed`` frames with a key or an edit, ``selected`` those
            that are selected in the motion matrix.
        before, after: how many ghosts of earlier and of later times, 0 to 20.
        step: every how many frames (or keys) a ghost, at least 1.
        before_colour, after_colour: ``#rrggbb``.
        fade: whether ghosts further away are weaker.
        loop: whether counting goes on at the other end of the sequence.
    """

    on: bool = False
    mode: Mode = "frames"
    before: int = 2
    after: int = 2
    step: int = 1
    before_colour: str = "#e0785a"
    after_colour: str = "#4fb0c6"
    fade: bool = True
    loop: bool = False

    def __post_init__(self) -> None:
        if not (0 <= self.before <= 20 and 0 <= self.after <= 20 and self.step >= 1):
            raise ValueError(
                "OnionSkin: expected 0 to 20 ghosts and a step of 1 or more, "
                f"got {self.before}, {self.after}, {self.step}"
            )


@dataclass(frozen=True, slots=True)
class Ghost:
    """A frame to show through: its index, its colour, and how strongly (0 to 1)."""

    frame: int
    colour: str
    strength: float


def ghosts(
    options: OnionSkin, count: int, current: int, chosen: Iterable[int] = ()
) -> tuple[Ghost, ...]:
    """The ghosts of one frame, the furthest first, so that near ones are painted over them.

    Args:
        options: the onion skin; when it is off there are none.
        count: number of frames.
        current: the frame that is shown; never a ghost of itself.
        chosen: the keyed, edited or selected frames for the modes that count those.
    """
    if not options.on or count < 2:
        return ()
    stops = sorted({int(f) for f in chosen if 0 <= f < count})
    if options.mode == "frames":
        stops = list(range(count))
    found: dict[int, Ghost] = {}
    for direction, number, hue in (
        (-1, options.before, options.before_colour),
        (1, options.after, options.after_colour),
    ):
        for place, frame in enumerate(_along(stops, current, direction, options, number)):
            strength = _STRONG if not options.fade else _faded(place, number)
            if frame != current:
                found.setdefault(frame, Ghost(frame, hue, strength))
    return tuple(sorted(found.values(), key=lambda ghost: -abs(ghost.frame - current)))


def show_through(
    picture: Picture, others: Iterable[tuple[Picture, tuple[int, int, int], float]]
) -> Picture:
    """A picture with ghosts around what it shows.

    What stands still is the median of the nearest frames. A ghost tints the pixels where it
    departs from that by more than noise and further than the picture itself does, so that the
    current frame stays on top of its ghosts.

    Args:
        picture: (H, W, 3) uint8.
        others: of each ghost its (H, W, 3) uint8, its (r, g, b) and its strength, 0 to 1; the
            nearest last.

    Returns:
        (H, W, 3) uint8; ``picture`` itself where there are no ghosts.
    """
    shown = tuple(others)
    if not shown:
        return picture
    still = _median([picture, *(other for other, _, _ in shown[-_VOTERS:])])
    own = np.minimum(_apart(picture, still), 255 - _NOISE) + _NOISE
    made = picture
    for other, tint, strength in shown:
        share = _shares(strength)[cv2.subtract(_apart(other, still), own)]
        plain = np.empty_like(picture)
        plain[:] = tint
        made = np.asarray(cv2.blendLinear(made, plain, 1 - share, share), np.uint8)
    return made


def _median(pictures: list[Picture]) -> Picture:
    """The median of up to five pictures, pixel by pixel; of two the first."""
    row = list(pictures)
    for done in range(len(row) - 1):
        for place in range(len(row) - 1 - done):
            one, other = row[place], row[place + 1]
            row[place], row[place + 1] = np.minimum(one, other), np.maximum(one, other)
    return pictures[0] if len(row) == 2 else row[len(row) // 2]


def _apart(one: Picture, other: Picture) -> NDArray[np.uint8]:
    """(H, W): the largest difference of any channel."""
    red, green, blue = cv2.split(cv2.absdiff(one, other))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def _shares(strength: float) -> NDArray[np.float32]:
    """(256,) share of the tint by how much further a ghost departs, in grey levels."""
    levels = np.arange(256, dtype=np.float32)
    shares: NDArray[np.float32] = np.minimum(levels / _FULL_AT, 1.0).astype(np.float32)
    return np.asarray(shares * np.float32(strength), np.float32)


def _along(
    stops: list[int], current: int, direction: int, options: OnionSkin, number: int
) -> list[int]:
    """The next ``number`` stops from the current frame on, every ``step``-th."""
    if direction > 0:
        ahead = [s for s in stops if s > current]
        rest = [s for s in stops if s < current]
    else:
        ahead = [s for s in reversed(stops) if s < current]
        rest = [s for s in reversed(stops) if s > current]
    line = ahead + rest if options.loop else ahead
    return line[options.step - 1 :: options.step][:number]


def _faded(place: int, number: int) -> float:
    return _STRONG - (_STRONG - _WEAK) * place / max(1, number - 1)
