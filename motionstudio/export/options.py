"""What a person chose to export."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.upsampling import FACTORS, Positions
from motionstudio.export.kinds import ExportKind

SMALLEST, LARGEST = 25, 400
"""Percent of the source's own size."""


class Panel(StrEnum):
    """What a picture of a film may show; several stand side by side."""

    GENERATED = "generated"
    ORIGINAL = "original"
    SOURCE = "source"
    DRIVER = "driver"
    DIFFERENCE = "difference"
    MAGNITUDE = "magnitude"
    JACOBIAN = "jacobian"
    GRID = "grid"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _LABELS[self]

    @property
    def short(self) -> str:
        """Its name over the picture."""
        return "result" if self is Panel.GENERATED else self.value

    @property
    def needs_truth(self) -> bool:
        """Whether it is made from the clip's own frames."""
        return self in (Panel.ORIGINAL, Panel.DIFFERENCE)

    @property
    def needs_field(self) -> bool:
        """Whether it is made from the displacement."""
        return self in (Panel.MAGNITUDE, Panel.JACOBIAN, Panel.GRID)


_LABELS = {
    Panel.GENERATED: "Generated",
    Panel.ORIGINAL: "Original frame",
    Panel.SOURCE: "Reference frame",
    Panel.DRIVER: "Driving clip",
    Panel.DIFFERENCE: "Difference to the original",
    Panel.MAGNITUDE: "Length of the displacement",
    Panel.JACOBIAN: "Jacobian",
    Panel.GRID: "Warped grid",
}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a person chose.

    Attributes:
        kind: what to write. ``path``: file, or folder of a picture sequence.
        first, last: frames, both included; last None: to the end.
        native: at the source's own resolution; else at the model's.
        scale: of pictures, percent of that size, 25 to 400.
        fps: even frame times, of the clip's frames, instead of the true ones, or None.
        plays: how often it is played: 0 for ever. A GIF or APNG says so; in other films and
            picture sequences the frames are there so often, and 0 means once.
        ping_pong: forth and back.
        upsampling: pictures for each frame: 1, 2, 4 or 8; those in between are decoded.
        panels: what stands side by side, from the left.
        number, drops: write the frame's number, mark dropped frames.
        titles: write over each picture what it is.
        mark_ai: say in the file that it is AI-generated. ``show_ai``: in the pictures as well.
        crop_only: only the part that the model sees, instead of the full picture.
        sound: of the driving clip, where the film can have it.
        quality: of video, 0 (largest file) to 51 (smallest); 18 looks lossless.

    Raises:
        ValueError: a scale, factor or number of plays outside its range, or no panel.
    """

    kind: ExportKind
    path: Path
    first: int = 0
    last: int | None = None
    native: bool = True
    scale: int = 100
    fps: float | None = None
    plays: int = 0
    ping_pong: bool = False
    upsampling: int = 1
    panels: tuple[Panel, ...] = (Panel.GENERATED,)
    number: bool = False
    drops: bool = False
    mark_ai: bool = True
    quality: int = 18
    titles: bool = False
    show_ai: bool = False
    crop_only: bool = False
    sound: bool = True

    def __post_init__(self) -> None:
        if not SMALLEST <= self.scale <= LARGEST:
            raise ValueError(
                f"ExportOptions: expected a scale of {SMALLEST} to {LARGEST} %, got {self.scale}"
            )
        if self.upsampling not in FACTORS or self.plays < 0 or not self.panels:
            raise ValueError(
                f"ExportOptions: expected upsampling in {FACTORS}, plays >= 0 and a panel, got "
                f"{self.upsampling}, {self.plays} and {self.panels}"
            )

    @property
    def is_film(self) -> bool:
        """Whether order and rate of the frames can be chosen."""
        return self.kind.is_film or self.kind is ExportKind.PNG

    def frames(self, count: int) -> range:
        """The frames to export out of ``count``; of a still picture the first.

        Raises:
            MotionStudioError: the range holds no frame.
        """
        stop = count if self.last is None else min(self.last + 1, count)
        chosen = range(max(self.first, 0), stop)
        if self.kind is ExportKind.STILL:
            chosen = chosen[:1]
        if not len(chosen):
            raise MotionStudioError("The range holds no frame.", "Choose a longer range.")
        return chosen

    def positions(self, places: Positions) -> range:
        """The positions to render: ``frames``, and those in between.

        Raises:
            MotionStudioError: the range holds no frame.
        """
        chosen = self.frames(places.count)
        first, last = places.span(chosen.start, chosen.stop - 1)
        return range(first, last + 1)

    def order(self, count: int) -> NDArray[np.intp]:
        """The order in which ``count`` rendered pictures are written, some of them repeatedly."""
        forth = np.arange(count)
        if not self.is_film:
            return forth
        if self.ping_pong and count > 2:
            forth = np.concatenate([forth, forth[-2:0:-1]])
        return forth if self.kind.says_loops else np.tile(forth, max(self.plays, 1))
