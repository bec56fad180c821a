"""What a viewport can show, and how each content is made from pictures and fields.

Points, lines and arrows are in pixels of the source (the *native* grid); pictures may be smaller
(previews, and large sources shown at the size of the screen) and say which share of the native
picture they cover.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core import display
from motionstudio.core.onion import show_through
from motionstudio.core.streamlines import streamlines
from motionstudio.gui.items.picture_parts import Part, Reducer

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]
Size = tuple[int, int]
Window = Callable[[Size], Part]

_FADE = 0.45
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

    @property
    def native(self) -> Size:
        """(H, W) of the native picture."""
        if self.size != (0, 0) or self.picture is None:
            return self.size
        return self.picture.shape[0], self.picture.shape[1]


def make_layers(
    content: Content,
    inputs: Inputs,
    neutral: NDArray[np.uint8],
    window: Window = Part.whole,
    reducer: Reducer | None = None,
) -> Layers:
    """Make what a content shows.

    Args:
        content: which content.
        inputs: what is known of the frame.
        neutral: (256, 3) diverging colour table of the theme.
        window: which part of a picture of a size is on screen; all of it by default.
        reducer: cuts parts, and remembers them; None: a new one.
    """
    maker = _Maker(inputs, neutral, window, reducer or Reducer())
    made = maker.make(content)
    if made.picture is None:
        return made
    return replace(made, size=inputs.native, strokes=_marks(content, inputs))


@dataclass(frozen=True, slots=True)
class _Maker:
    inputs: Inputs
    neutral: NDArray[np.uint8]
    window: Window
    reducer: Reducer

    def make(self, content: Content) -> Layers:
        inputs = self.inputs
        if content is Content.SOURCE:
            missing = "The source frame is being read."
            return self._plain(inputs.source, inputs.source_ghosts, missing)
        if content is Content.GENERATED:
            missing = "There is no generated picture of this frame."
            return self._plain(inputs.generated, inputs.generated_ghosts, missing)
        if content is Content.DIFFERENCE:
            return self._difference()
        if content is Content.PLAIN_COPY:
            plain = self._plain(inputs.plain_copy, (), "The plain copy of the field is being made.")
            return replace(plain, legend=Legend(None, words=inputs.plain_copy_words))
        if content is Content.UNCERTAINTY:
            return self._uncertainty()
        material = inputs.inverse if inputs.inverse is not None else inputs.displacement
        if content is Content.MAGNITUDE and material is not None:
            return self._magnitude(material)
        if inputs.inverse is None:
            return Layers(missing="The motion of this frame is not ready yet.")
        if content is Content.JACOBIAN:
            return self._jacobian(inputs.inverse)
        return self._over_picture(content, inputs.inverse)

    def _plain(self, picture: Picture | None, ghosts: tuple[Ghost, ...], missing: str) -> Layers:
        if picture is None:
            return Layers(missing=missing)
        part = self.window(_size(picture))
        shown = display.to_rgb(self.reducer.picture(picture, part))
        same = [ghost for ghost in ghosts if _size(ghost.picture) == _size(picture)]
        others = [
            (display.to_rgb(self.reducer.picture(g.picture, part)), g.tint, g.strength)
            for g in same
        ]
        return Layers(picture=show_through(shown, others), extent=_extent(part, _size(picture)))

    def _difference(self) -> Layers:
        inputs = self.inputs
        if inputs.generated is None or inputs.source is None:
            return Layers(missing="The difference needs the source frame and the generated one.")
        if inputs.generated_frame != inputs.source_frame:
            return Layers(missing="The difference appears once both pictures are of one frame.")
        size = _size(inputs.generated)
        part = self.window(size)
        made = self.reducer.picture(inputs.generated, part)
        truth = self.reducer.picture(inputs.source, self.window(_size(inputs.source)))
        signed = display.difference(made, _resized(truth, _size(made)))
        limit = inputs.difference_limit
        picture = display.colourise(signed.astype(np.float32), self.neutral, -limit, limit)
        rmse = float(np.sqrt(np.mean(signed.astype(np.float64) ** 2)))
        exact = "RMSE" if part.step == 1 and size == inputs.native else "RMSE as shown"
        words = f"generated − source, grey levels · {exact} {rmse:.1f}"
        legend = Legend(self.neutral, f"−{limit:g}", f"+{limit:g}", words)
        return Layers(picture=picture, legend=legend, extent=_extent(part, size))

    def _uncertainty(self) -> Layers:
        inputs, std = self.inputs, self.inputs.uncertainty
        if std is None:
            return Layers(missing="Posterior samples of this frame are being drawn …")
        size, table, limit = _size(std), display.sequential(), inputs.uncertainty_limit
        part = self.window(size)
        shown = self.reducer.field(std[np.newaxis], part)[0]
        picture = display.colourise(shown, table, 0.0, limit)
        words = (
            f"std over {inputs.uncertainty_count} posterior samples · "
            f"most {float(std.max()):.1f} grey levels"
        )
        legend = Legend(table, "0", f"{limit:g} grey levels", words)
        return Layers(picture=picture, legend=legend, extent=_extent(part, size))

    def _magnitude(self, material: Field) -> Layers:
        inputs, table, limit = self.inputs, display.sequential(), self.inputs.magnitude_limit
        size = _size(material[0])
        part = self.window(size)
        shown = self.reducer.field(material, part) * np.float32(_native_factor(inputs, size))
        length = display.magnitude(shown)
        most, high = f"most {float(length.max()):.1f} px", f"{limit:g} px"
        if inputs.spacing is not None:
            rows, columns = inputs.spacing
            longest = float(np.hypot(shown[0] * columns, shown[1] * rows).max())
            most += f" = {longest:.1f} mm"
            if rows == columns:
                high += f" = {limit * rows:.3g} mm"
        picture = display.colourise(length, table, 0.0, limit)
        legend = Legend(table, "0", high, most)
        return Layers(picture=picture, legend=legend, extent=_extent(part, size))

    def _jacobian(self, inverse: Field) -> Layers:
        size = _size(inverse[0])
        part = self.window(size)
        thin = self.reducer.field(inverse, part)
        made = display.jacobian(thin, 0.5, self.neutral, step=part.step)
        folds = f"{made.folded} pixels fold ({100 * made.share:.2g} %)"
        words = "no folds" if made.folded == 0 else f"{folds}, magenta"
        if part != Part.whole(size):
            words += f" (of every {_ordinal(part.step)} pixel in view)"
        legend = Legend(self.neutral, "contracts 0.5", "1.5 expands", words)
        return Layers(picture=made.picture, legend=legend, extent=_extent(part, size))

    def _over_picture(self, content: Content, inverse: Field) -> Layers:
        inputs, size = self.inputs, _size(inverse[0])
        part = self.window(size)
        behind = inputs.generated if inputs.generated is not None else inputs.source
        if behind is None or _size(behind) != size:
            shape = (part.height // part.step, part.width // part.step, 3)
            picture = np.full(shape, 128, np.uint8)
        else:
            picture = display.to_rgb(self.reducer.picture(behind, part))
        factor = _native_factor(inputs, size)
        spacing = max(2.0, max(size) / inputs.density)
        made = Layers(picture=picture, fade=_FADE, extent=_extent(part, size))
        if content is Content.GRID:
            lines = _to_native(display.warped_grid(inverse, spacing), factor)
            words = f"squares of {_length(spacing * factor, inputs.spacing)} on the reference"
            return replace(made, lines=lines, legend=Legend(None, words=words))
        if content is Content.STREAMLINES:
            lines = _to_native(streamlines(inverse, spacing), factor)
            words = "lines follow the direction of the motion from the reference"
            return replace(made, lines=lines, legend=Legend(None, words=words))
        found = display.arrows(inverse, spacing, scale=inputs.arrow_scale)
        arrows = _to_native(found.reshape(-1, 2), factor).reshape(-1, 4)
        return replace(made, arrows=arrows, legend=self._arrow_legend(arrows))

    def _arrow_legend(self, arrows: NDArray[np.float32]) -> Legend:
        scale = self.inputs.arrow_scale
        steps = np.hypot(arrows[:, 2] - arrows[:, 0], arrows[:, 3] - arrows[:, 1]) / scale
        most = float(steps.max()) if len(steps) else 0.0
        drawn = "true length" if scale == 1 else f"drawn {scale:g} times as long"
        words = f"hue: direction · longest {_length(most, self.inputs.spacing)}, {drawn}"
        return Legend(display.hue_wheel(), words=words, wheel=True)


def _marks(content: Content, inputs: Inputs) -> tuple[Stroke, ...]:
    if content is Content.SOURCE:
        return inputs.source_marks
    return inputs.reference_marks if content.on_reference else inputs.generated_marks


def _size(picture: NDArray[np.generic]) -> Size:
    return picture.shape[0], picture.shape[1]


def _extent(part: Part, size: Size) -> tuple[float, float, float, float]:
    height, width = size
    return part.x / width, part.y / height, part.width / width, part.height / height


def _native_factor(inputs: Inputs, size: Size) -> float:
    """Native pixels per pixel of an array of the given size."""
    return inputs.native[1] / size[1]


def _to_native(points: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    if factor == 1:
        return points
    return ((points + 0.5) * factor - 0.5).astype(np.float32)


def _resized(picture: Picture, size: Size) -> Picture:
    if _size(picture) == size:
        return picture
    small = cv2.resize(picture, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8).reshape(*size, picture.shape[2])


def _length(pixels: float, spacing: tuple[float, float] | None) -> str:
    if spacing is None or spacing[0] != spacing[1]:
        return f"{pixels:.3g} px"
    return f"{pixels:.3g} px = {pixels * spacing[0]:.3g} mm"


def _ordinal(number: int) -> str:
    ends = {1: "", 2: "2nd", 3: "3rd"}
    return ends.get(number, f"{number}th")
