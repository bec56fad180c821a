"""How each content of a viewport is made from pictures and fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core import display
from motionstudio.core.metrics import rmse
from motionstudio.core.onion import show_through
from motionstudio.core.streamlines import streamlines
from motionstudio.gui.items.layers import (
    Content,
    Field,
    Ghost,
    Inputs,
    Layers,
    Legend,
    Picture,
    Size,
    Stroke,
    Veil,
)
from motionstudio.gui.items.picture_parts import Part, Reducer

Window = Callable[[Size], Part]

MARKS = frozenset({"source_marks", "generated_marks", "reference_marks"})
"""The fields of ``Inputs`` that are strokes."""

_FADE = 0.45
_LINES = frozenset(
    {
        "source",
        "generated",
        "inverse",
        "spacing",
        "density",
        "arrow_scale",
        "awaited",
        "fieldless",
        "generated_veil",
    }
)
_MATTERS = {
    Content.SOURCE: frozenset({"source", "source_ghosts", "source_veil"}),
    Content.GENERATED: frozenset(
        {"generated", "generated_ghosts", "awaited", "generated_veil", "undrawn"}
    ),
    Content.GRID: _LINES,
    Content.ARROWS: _LINES,
    Content.STREAMLINES: _LINES,
    Content.FUTURE: frozenset({"future", "future_words"}),
    Content.MAGNITUDE: frozenset({"inverse", "displacement", "magnitude_limit", "spacing"}),
    Content.JACOBIAN: frozenset({"inverse"}),
    Content.DIFFERENCE: frozenset(
        {
            "source",
            "generated",
            "source_frame",
            "generated_frame",
            "difference_limit",
            "generated_veil",
        }
    ),
}


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
    veil = veil_over(content, inputs)
    if veil is not None and content is Content.GENERATED and inputs.undrawn:
        made = replace(made, legend=None)  # The map has words of its own in the same corner.
    return replace(made, size=inputs.native, strokes=marks_of(content, inputs), veil=veil)


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
        if content in (Content.GENERATED, Content.DIFFERENCE) and inputs.undrawn:
            shown = self._plain(inputs.source, inputs.source_ghosts, inputs.undrawn)
            return replace(shown, legend=Legend(None, words=f"Source · {inputs.undrawn}"))
        if content is Content.GENERATED:
            missing = inputs.awaited or "The generated picture of this frame is not ready yet."
            return self._plain(inputs.generated, inputs.generated_ghosts, missing)
        if content is Content.DIFFERENCE:
            return self._difference()
        if content in (Content.PLAIN_COPY, Content.FUTURE):
            return self._given(content)
        if content is Content.UNCERTAINTY:
            return self._uncertainty()
        material = inputs.inverse if inputs.inverse is not None else inputs.displacement
        if content is Content.MAGNITUDE and material is not None:
            return self._magnitude(material)
        if inputs.inverse is None:
            why = inputs.awaited or inputs.fieldless
            return Layers(missing=why or "The motion of this frame is not ready yet.")
        if content is Content.JACOBIAN:
            return self._jacobian(inputs.inverse)
        return self._over_picture(content, inputs.inverse)

    def _given(self, content: Content) -> Layers:
        """A picture that came with words of its own."""
        inputs = self.inputs
        if content is Content.FUTURE:
            picture, words = inputs.future, inputs.future_words
            missing = "No future was made yet: see the pane Futures."
        else:
            picture, words = inputs.plain_copy, inputs.plain_copy_words
            missing = "The plain copy of the field is being made."
        return replace(self._plain(picture, (), missing), legend=Legend(None, words=words))

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
        error = rmse(signed.astype(np.float64), np.zeros(signed.shape))
        exact = "RMSE" if part.step == 1 and size == inputs.native else "RMSE as shown"
        words = f"generated − source, grey levels · {exact} {error:.1f}"
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


def marks_of(content: Content, inputs: Inputs) -> tuple[Stroke, ...]:
    """The strokes over a content."""
    if content is Content.SOURCE:
        return inputs.source_marks
    if content is Content.FUTURE:
        return ()  # Marks are where things are at the playhead, not later.
    return inputs.reference_marks if content.on_reference else inputs.generated_marks


def veil_over(content: Content, inputs: Inputs) -> Veil | None:
    """The map of the model over a content; none where pixels are the reference's."""
    if content is Content.SOURCE:
        return inputs.source_veil
    if content is Content.FUTURE:
        return None
    return None if content.on_reference else inputs.generated_veil


def matters(content: Content, changed: set[str]) -> bool:
    """Whether fields of ``Inputs`` that have changed make another picture of a content.

    Strokes do not: they lie over the picture.
    """
    rest = changed - MARKS
    known = _MATTERS.get(content)
    return bool(rest if known is None else rest & (known | {"size"}))


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
