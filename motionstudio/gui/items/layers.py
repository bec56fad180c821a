"""What a viewport can show: contents, what is known of a frame, and what is painted.

Points, lines and arrows are in pixels of the source (the *native* grid); pictures may be smaller
(previews, and large sources shown at the size of the screen) and say which share of the native
picture they cover.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]
Size = tuple[int, int]

_WHOLE = (0.0, 0.0, 1.0, 1.0)


class Content(StrEnum):
    """What a viewport shows."""

    SOURCE = "source"
    GENERATED = "generated"
    GRID = "grid"
    ARROWS = "arrows"
    STREAMLINES = "streamlines"
    MAGNITUDE = "magnitude"
    JACOBIAN = "jacobian"
    DIFFERENCE = "difference"
    UNCERTAINTY = "uncertainty"
    PLAIN_COPY = "plain copy"
    FUTURE = "future"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _TITLES[self]

    @property
    def icon(self) -> str:
        """The icon that stands for it."""
        return _ICONS[self]

    @property
    def on_reference(self) -> bool:
        """Whether its pixels are those of the reference rather than of the frame."""
        return self in (Content.MAGNITUDE, Content.JACOBIAN)


_TITLES = {
    Content.SOURCE: "Source frame",
    Content.GENERATED: "Generated",
    Content.GRID: "Displacement: warped grid",
    Content.ARROWS: "Displacement: arrows",
    Content.STREAMLINES: "Displacement: streamlines",
    Content.MAGNITUDE: "Displacement: magnitude",
    Content.JACOBIAN: "Displacement: Jacobian",
    Content.DIFFERENCE: "Difference",
    Content.UNCERTAINTY: "Uncertainty",
    Content.PLAIN_COPY: "Plain copy of the field",
    Content.FUTURE: "Future",
}
_ICONS = {
    Content.SOURCE: "film",
    Content.GENERATED: "image",
    Content.GRID: "grid",
    Content.ARROWS: "arrows",
    Content.STREAMLINES: "streamlines",
    Content.MAGNITUDE: "magnitude",
    Content.JACOBIAN: "jacobian",
    Content.DIFFERENCE: "difference",
    Content.UNCERTAINTY: "uncertainty",
    Content.PLAIN_COPY: "plain-copy",
    Content.FUTURE: "future",
}


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Lines or dots over a picture.

    Attributes:
        points: (n, 2) float places in native pixels, polylines separated by rows of NaN.
        colour: ``#rrggbb``, or empty: the accent of the theme.
        width: of the line in device-independent pixels; of dots the radius.
        alpha: 0 to 1.
        dots: whether the points are dots instead of a line.
        name: what it is, for read-outs; empty where nobody needs to know.
    """

    points: NDArray[np.floating]
    colour: str = ""
    width: float = 1.5
    alpha: float = 1.0
    dots: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ghost:
    """Another frame that shows through: (H, W, 1|3) uint8, a colour, and how strongly."""

    picture: Picture
    tint: tuple[int, int, int]
    strength: float


@dataclass(frozen=True, slots=True)
class Veil:
    """A map of the model that lies over a picture.

    Attributes:
        picture: (h, w, 4) uint8 RGBA of any size.
        box: (x, y, width, height) that it covers, native pixels from the picture's corner.
        angle: degrees by which that box is turned about its middle, clockwise.
        opacity: 0 to 1.
        name: what it is, for people.
        legend: its colours and words, or None.
    """

    picture: Picture
    box: tuple[float, float, float, float]
    angle: float = 0.0
    opacity: float = 1.0
    name: str = ""
    legend: Legend | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is known about the frame that is shown.

    Attributes:
        source: (H, W, 1|3) uint8, the frame as read, or None.
        generated: (H, W, 1|3) uint8, or None.
        source_frame, generated_frame: indices of the two; one may be ahead of the other.
        displacement: (2, H, W) float32 backward, pixels of ``generated``, or None.
        inverse: (2, H, W) float32, where reference material goes, or None.
        spacing: (row, column) mm of a pixel, or None.
        magnitude_limit: native pixels at the top of the magnitude's scale.
        difference_limit: grey levels at the ends of the difference's scale.
        size: (H, W) of the native picture, or None: that of what is there.
        source_marks, generated_marks, reference_marks: strokes over pictures of each kind.
        source_ghosts, generated_ghosts: other frames that show through.
        density: lines or arrows across the longer side.
        arrow_scale: length of arrows, times the true one.
        uncertainty: (H, W) float32, std over posterior samples in grey levels, or None.
        uncertainty_limit: grey levels at the top of its scale; ``uncertainty_count`` samples.
        plain_copy: (H, W, 1|3) uint8, the reference bent by another clip's field as it is, or
            None; ``plain_copy_words`` say whose field.
        future: (H, W, 1|3) uint8, a frame that a model made after the last one it was shown, or
            None; ``future_words`` say which.
        awaited: why there is no motion, where it is not merely on its way; or empty.
        fieldless: why there will be no field, however long one waits; or empty.
        undrawn: why the source stands in for a generated picture that is never made; or empty.
        source_veil, generated_veil: maps of the model over pictures of each kind, or None.
    """

    source: Picture | None = None
    generated: Picture | None = None
    source_frame: int = 0
    generated_frame: int = 0
    displacement: Field | None = None
    inverse: Field | None = None
    spacing: tuple[float, float] | None = None
    magnitude_limit: float = 5.0
    difference_limit: float = 64.0
    size: Size | None = None
    source_marks: tuple[Stroke, ...] = ()
    generated_marks: tuple[Stroke, ...] = ()
    reference_marks: tuple[Stroke, ...] = ()
    source_ghosts: tuple[Ghost, ...] = ()
    generated_ghosts: tuple[Ghost, ...] = ()
    density: int = 16
    arrow_scale: float = 1.0
    uncertainty: NDArray[np.float32] | None = None
    uncertainty_limit: float = 10.0
    uncertainty_count: int = 0
    plain_copy: Picture | None = None
    plain_copy_words: str = ""
    future: Picture | None = None
    future_words: str = ""
    awaited: str = ""
    fieldless: str = ""
    undrawn: str = ""
    source_veil: Veil | None = None
    generated_veil: Veil | None = None

    @property
    def native(self) -> Size:
        """(H, W) of the native picture; (0, 0) when nothing is there."""
        if self.size is not None:
            return self.size
        for picture in (self.source, self.generated):
            if picture is not None:
                return picture.shape[0], picture.shape[1]
        return (0, 0) if self.inverse is None else (self.inverse.shape[1], self.inverse.shape[2])


@dataclass(frozen=True, slots=True)
class Legend:
    """What colours mean: a table with its ends named, and a line of words.

    Attributes:
        table: (256, 3) uint8 colours, or None: only words.
        low, high: names of the ends.
        words: one line.
        wheel: whether the table is directions, drawn as a ring.
    """

    table: NDArray[np.uint8] | None
    low: str = ""
    high: str = ""
    words: str = ""
    wheel: bool = False


@dataclass(frozen=True, slots=True)
class Layers:
    """What to paint.

    Attributes:
        picture: (h, w, 3) uint8, or None when nothing can be shown.
        lines: (n, 2) points in native pixels, NaN-separated polylines.
        arrows: (n, 4) foot and tip in native pixels.
        legend: colours and words, or None.
        fade: how far the picture steps back towards the canvas, 0 to 1.
        missing: why there is no picture, for people.
        size: (H, W) of the native picture; (0, 0): that of ``picture``.
        extent: x, y, width, height of what ``picture`` covers, as shares of the native picture.
        strokes: lines and dots on top.
        veil: a map of the model over the picture, under lines, or None.
    """

    picture: Picture | None = None
    lines: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    arrows: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    legend: Legend | None = None
    fade: float = 0.0
    missing: str = ""
    size: Size = (0, 0)
    extent: tuple[float, float, float, float] = _WHOLE
    strokes: tuple[Stroke, ...] = ()
    veil: Veil | None = None

    @property
    def native(self) -> Size:
        """(H, W) of the native picture."""
        if self.size != (0, 0) or self.picture is None:
            return self.size
        return self.picture.shape[0], self.picture.shape[1]
