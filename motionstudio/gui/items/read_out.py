"""The words for the pixel under the pointer: levels, motion, change of area, label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from motionstudio.gui.items.layers import Inputs


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """How levels and labels are told.

    Attributes:
        range: levels of the source that are shown as 0 and 255, or None: levels are as shown.
        labels: (H, W) labels of the source frame, or None; ``names`` of them.
        carried: (H, W) labels carried along to the generated frame, or None.
    """

    range: tuple[float, float] | None = None
    labels: NDArray[np.uint8] | None = None
    carried: NDArray[np.uint8] | None = None
    names: Mapping[int, str] = field(default_factory=dict)


def read_out(inputs: Inputs, units: Units, x: int, y: int) -> str:
    """What is known of one native pixel.

    Args:
        inputs: of the frame that is shown.
        units: of the subject.
        x: column in native pixels.
        y: row in native pixels.
    """
    parts = [f"x {x}, y {y}"]
    for name, picture in (("generated", inputs.generated), ("source", inputs.source)):
        if picture is not None:
            parts.append(f"{name} {_levels(_at(picture, inputs, x, y), units)}")
    parts += _motion(inputs, x, y) + _labels(units, x, y)
    return " · ".join(parts)


def _levels(values: NDArray[np.uint8], units: Units) -> str:
    if units.range is None:
        return ", ".join(str(int(v)) for v in values)
    low, high = units.range
    return "≈ " + ", ".join(f"{low + int(v) / 255 * (high - low):.4g}" for v in values)


def _motion(inputs: Inputs, x: int, y: int) -> list[str]:
    inverse = inputs.inverse
    if inverse is None:
        return []
    factor = inputs.native[1] / inverse.shape[2]
    column = min(int(x / factor), inverse.shape[2] - 1)
    row = min(int(y / factor), inverse.shape[1] - 1)
    dx, dy = (float(v) * factor for v in inverse[:, row, column])
    words = f"moves {np.hypot(dx, dy):.2f} px ({dx:+.2f}, {dy:+.2f})"
    if inputs.spacing is not None:
        rows, columns = inputs.spacing
        words += f" = {np.hypot(dx * columns, dy * rows):.2f} mm"
    area = _jacobian_at(inverse, column, row)
    said = f"area × {area:.2f}" if area > 0 else f"folds ({area:.2f})"
    return [words.replace("-", "−"), said.replace("-", "−")]


def _jacobian_at(inverse: NDArray[np.float32], column: int, row: int) -> float:
    height, width = inverse.shape[1:]
    if min(height, width) < 2:
        return 1.0
    left, right = max(column - 1, 0), min(column + 1, width - 1)
    top, bottom = max(row - 1, 0), min(row + 1, height - 1)
    across = (inverse[:, row, right] - inverse[:, row, left]) / (right - left)
    down = (inverse[:, bottom, column] - inverse[:, top, column]) / (bottom - top)
    return float((1 + across[0]) * (1 + down[1]) - down[0] * across[1])


def _labels(units: Units, x: int, y: int) -> list[str]:
    words: list[str] = []
    for name, labels in (("label", units.labels), ("carried label", units.carried)):
        if labels is not None and y < labels.shape[0] and x < labels.shape[1]:
            value = int(labels[y, x])
            if value:
                words.append(f"{name} {units.names.get(value, str(value))}")
    return words


def _at(picture: NDArray[np.uint8], inputs: Inputs, x: int, y: int) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    native = inputs.native
    row = min(y * height // native[0], height - 1)
    column = min(x * width // native[1], width - 1)
    return np.asarray(picture[row, column], np.uint8)
