"""What a viewport can show, and how each content is made from pictures and fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from motionstudio.core import display

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]

_FADE = 0.45
_GRID_LINES = 16
_ARROWS_ACROSS = 16


class Content(StrEnum):
    """What a viewport shows."""

    SOURCE = "source"
    GENERATED = "generated"
    GRID = "grid"
    ARROWS = "arrows"
    MAGNITUDE = "magnitude"
    JACOBIAN = "jacobian"
    DIFFERENCE = "difference"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _TITLES[self]

    @property
    def icon(self) -> str:
        """The icon that stands for it."""
        return _ICONS[self]


_TITLES = {
    Content.SOURCE: "Source frame",
    Content.GENERATED: "Generated",
    Content.GRID: "Displacement: warped grid",
    Content.ARROWS: "Displacement: arrows",
    Content.MAGNITUDE: "Displacement: magnitude",
    Content.JACOBIAN: "Displacement: Jacobian",
    Content.DIFFERENCE: "Difference",
}
_ICONS = {
    Content.SOURCE: "film",
    Content.GENERATED: "image",
    Content.GRID: "grid",
    Content.ARROWS: "arrows",
    Content.MAGNITUDE: "magnitude",
    Content.JACOBIAN: "jacobian",
    Content.DIFFERENCE: "difference",
}


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
        magnitude_limit: pixels at the top of the magnitude's scale.
        difference_limit: grey levels at the ends of the difference's scale.
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


@dataclass(frozen=True, slots=True)
class Legend:
    """Colours with their ends named, and a line of words."""

    table: NDArray[np.uint8]
    low: str
    high: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Layers:
    """What to paint.

    Attributes:
        picture: (H, W, 3) uint8, or None when nothing can be shown.
        lines: (n, 2) points in pixels, NaN-separated polylines.
        arrows: (n, 4) foot and tip in pixels.
        legend: colours and words, or None.
        fade: how far the picture steps back towards the canvas, 0 to 1.
        missing: why there is no picture, for people.
    """

    picture: Picture | None = None
    lines: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    arrows: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    legend: Legend | None = None
    fade: float = 0.0
    missing: str = ""


def make_layers(content: Content, inputs: Inputs, neutral: NDArray[np.uint8]) -> Layers:
    """Make what a content shows.

    Args:
        content: which content.
        inputs: what is known of the frame.
        neutral: (256, 3) diverging colour table of the theme.
    """
    if content is Content.SOURCE:
        return _plain(inputs.source, "The source frame is being read.")
    if content is Content.GENERATED:
        return _plain(inputs.generated, "There is no generated picture of this frame.")
    if content is Content.DIFFERENCE:
        return _difference(inputs, neutral)
    material = inputs.inverse if inputs.inverse is not None else inputs.displacement
    if content is Content.MAGNITUDE and material is not None:
        return _magnitude(material, inputs)
    if inputs.inverse is None:
        return Layers(missing="The motion of this frame is not ready yet.")
    if content is Content.JACOBIAN:
        return _jacobian(inputs.inverse, neutral)
    return _over_picture(content, inputs, inputs.inverse)


def _plain(picture: Picture | None, missing: str) -> Layers:
    if picture is None:
        return Layers(missing=missing)
    return Layers(picture=display.to_rgb(picture))


def _difference(inputs: Inputs, neutral: NDArray[np.uint8]) -> Layers:
    if inputs.generated is None or inputs.source is None:
        return Layers(missing="The difference needs the source frame and the generated one.")
    if inputs.generated_frame != inputs.source_frame:
        return Layers(missing="The difference appears once both pictures are of one frame.")
    if inputs.generated.shape[:2] != inputs.source.shape[:2]:
        return Layers(missing="The difference appears with the full-size picture.")
    signed = display.difference(inputs.generated, inputs.source)
    limit = inputs.difference_limit
    picture = display.colourise(signed.astype(np.float32), neutral, -limit, limit)
    rmse = float(np.sqrt(np.mean(signed.astype(np.float64) ** 2)))
    words = f"generated − source, grey levels · RMSE {rmse:.1f}"
    return Layers(picture=picture, legend=Legend(neutral, f"−{limit:g}", f"+{limit:g}", words))


def _magnitude(material: Field, inputs: Inputs) -> Layers:
    length, limit, table = display.magnitude(material), inputs.magnitude_limit, display.sequential()
    unit, most = "px", f"most {float(length.max()):.1f} px"
    if inputs.spacing is not None:
        rows, columns = inputs.spacing
        longest = float(np.hypot(material[0] * columns, material[1] * rows).max())
        most += f" = {longest:.1f} mm"
    picture = display.colourise(length, table, 0.0, limit)
    return Layers(picture=picture, legend=Legend(table, "0", f"{limit:g} {unit}", most))


def _jacobian(inverse: Field, neutral: NDArray[np.uint8]) -> Layers:
    made = display.jacobian(inverse, 0.5, neutral)
    folds = f"{made.folded} pixels fold ({100 * made.share:.2g} %)"
    words = "no folds" if made.folded == 0 else f"{folds}, magenta"
    legend = Legend(neutral, "contracts 0.5", "1.5 expands", words)
    return Layers(picture=made.picture, legend=legend)


def _over_picture(content: Content, inputs: Inputs, inverse: Field) -> Layers:
    height, width = inverse.shape[1:]
    behind = inputs.generated if inputs.generated is not None else inputs.source
    if behind is None or behind.shape[:2] != (height, width):
        picture = np.full((height, width, 3), 128, np.uint8)
    else:
        picture = display.to_rgb(behind)
    if content is Content.GRID:
        lines = display.warped_grid(inverse, max(2.0, max(height, width) / _GRID_LINES))
        return Layers(picture=picture, lines=lines, fade=_FADE)
    found = display.arrows(inverse, max(2.0, max(height, width) / _ARROWS_ACROSS))
    return Layers(picture=picture, arrows=found, fade=_FADE)
