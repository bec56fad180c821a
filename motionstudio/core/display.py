"""How numbers become pictures: colour maps, warped grids, arrows, and maps of fields.

Colour tables are (256, 3) uint8. Fields follow the package's convention; what shows motion of
the material (arrows, grid, Jacobian) takes the *inverse* field, which says where the material
of the reference goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.tracks import sample_field
from motionstudio.core.warp import jacobian_determinant

Table = NDArray[np.uint8]
Picture = NDArray[np.uint8]
Float = NDArray[np.float32]

FOLD_COLOUR = (255, 0, 255)
"""Magenta: where the field folds (Jacobian determinant <= 0)."""

_SHORT_NUMBERS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)

# The ten anchors of matplotlib's viridis (CC0), interpolated linearly between.
_VIRIDIS = (
    (68, 1, 84),
    (72, 40, 120),
    (62, 73, 137),
    (49, 104, 142),
    (38, 130, 142),
    (31, 158, 137),
    (53, 183, 121),
    (110, 206, 88),
    (181, 222, 43),
    (253, 231, 37),
)
_BLUE, _RED = (33, 102, 172), (178, 24, 43)
_BRIGHT_BLUE, _BRIGHT_RED = (90, 169, 245), (244, 112, 98)


@dataclass(frozen=True, slots=True)
class Jacobian:
    """A coloured map of local change of area.

    Attributes:
        picture: (H, W, 3) uint8.
        folded: number of pixels with a determinant <= 0.
        share: ``folded`` as a share of all pixels, 0 to 1.
    """

    picture: Picture
    folded: int
    share: float


@cache
def diverging(middle: tuple[int, int, int] = (247, 247, 247)) -> Table:
    """Blue over ``middle`` to red; the default is blue-white-red for light surroundings."""
    bright = sum(middle) > 3 * 128
    low, high = (_BLUE, _RED) if bright else (_BRIGHT_BLUE, _BRIGHT_RED)
    return _ramp((low, middle, high))


@cache
def sequential() -> Table:
    """Dark violet to yellow, perceptually uniform (viridis)."""
    return _ramp(_VIRIDIS)


@cache
def grey() -> Table:
    """Black to white."""
    return _ramp(((0, 0, 0), (255, 255, 255)))


@cache
def hue_wheel() -> Table:
    """Directions: entry ``i`` is the hue of ``2 pi i / 256``, all of the same strength."""
    phase = np.arange(256)[:, np.newaxis] / 256 * 2 * np.pi
    shifts = np.array([0.0, 2 * np.pi / 3, 4 * np.pi / 3])
    return np.asarray(np.rint(150 + 95 * np.cos(phase - shifts)), np.uint8)


def colourise(values: NDArray[np.floating], table: Table, low: float, high: float) -> Picture:
    """Look values up in a colour table.

    Args:
        values: any shape, float; not-a-number gets the colour of ``low``.
        table: (256, 3) uint8.
        low: value of the first entry.
        high: value of the last entry, greater than ``low``.

    Returns:
        (..., 3) uint8.

    Raises:
        ValueError: ``high`` is not greater than ``low``.
    """
    if not high > low:
        raise ValueError(f"colourise: expected low < high, got {low} and {high}")
    place = (np.nan_to_num(values, nan=low) - low) * (255.0 / (high - low))
    return np.asarray(table[np.clip(np.rint(place), 0, 255).astype(np.uint8)], np.uint8)


def symmetric_limit(values: NDArray[np.floating], percentile: float = 99.0) -> float:
    """A range ``(-limit, limit)`` that shows nearly all values, rounded up to a short number.

    All-zero or empty values give 1.
    """
    size = np.abs(values[np.isfinite(values)])
    top = float(np.percentile(size, percentile)) if size.size else 0.0
    return round_up(top, _SHORT_NUMBERS) if top > 0 else 1.0


def round_up(value: float, steps: tuple[float, ...] = (1.0, 2.0, 5.0)) -> float:
    """The smallest of ``steps`` (1 to 10) times a power of ten that is not below ``value`` > 0."""
    if not value > 0:
        raise ValueError(f"round_up: expected a positive value, got {value}")
    power = 10.0 ** np.floor(np.log10(value))
    step = next((s for s in steps if s * power >= value * (1 - 1e-9)), 10.0)
    return float(step * power)


def warped_grid(inverse: Float, spacing: float, *, samples: int = 4) -> Float:
    """A square grid drawn on the reference and carried along with the material.

    Args:
        inverse: (2, H, W) float32: where the material of the reference goes, pixels.
        spacing: distance of grid lines on the reference, pixels, positive.
        samples: points per ``spacing`` along a line.

    Returns:
        (n, 2) float32 points (x, y) in pixels, lines separated by rows of NaN.

    Raises:
        ValueError: wrong shape or spacing.
    """
    _check_field(inverse, "warped_grid")
    if not spacing > 0 or samples < 1:
        raise ValueError(f"warped_grid: expected spacing > 0, got {spacing} and {samples} samples")
    height, width = inverse.shape[1:]
    along_x = _positions(width, spacing / samples)
    along_y = _positions(height, spacing / samples)
    across_x, across_y = _positions(width, spacing), _positions(height, spacing)
    rows = np.stack(np.meshgrid(along_x, across_y), axis=-1)
    columns = np.stack(np.meshgrid(along_y, across_x), axis=-1)[..., ::-1]
    return np.concatenate([_carried_lines(rows, inverse), _carried_lines(columns, inverse)])


def arrows(inverse: Float, spacing: float, *, shortest: float = 0.25, scale: float = 1.0) -> Float:
    """Arrows from points of the reference to where their material goes.

    Args:
        inverse: (2, H, W) float32, pixels.
        spacing: distance of arrow feet, pixels, positive.
        shortest: motion shorter than this many pixels gets no arrow.
        scale: length of an arrow, times the true one.

    Returns:
        (n, 4) float32: x and y of foot and tip, in pixels.

    Raises:
        ValueError: wrong shape or spacing.
    """
    _check_field(inverse, "arrows")
    if not spacing > 0:
        raise ValueError(f"arrows: expected spacing > 0, got {spacing}")
    height, width = inverse.shape[1:]
    x, y = np.meshgrid(_positions(width, spacing), _positions(height, spacing))
    feet = np.stack([x.ravel(), y.ravel()], axis=1)
    steps = sample_field(inverse, feet)
    long = np.hypot(steps[:, 0], steps[:, 1]) >= shortest
    return np.concatenate([feet, feet + steps * scale], axis=1)[long].astype(np.float32)


def magnitude(field: Float) -> Float:
    """Length of the displacement at every pixel: (2, H, W) to (H, W), pixels."""
    _check_field(field, "magnitude")
    return np.asarray(np.hypot(field[0], field[1]), np.float32)


def jacobian(
    inverse: Float, spread: float = 0.5, table: Table | None = None, *, step: int = 1
) -> Jacobian:
    """Local change of area, coloured around 1; folds in magenta.

    Args:
        inverse: (2, H, W) float32, pixels.
        spread: the map runs from ``1 - spread`` (contracts) to ``1 + spread`` (expands).
        table: a diverging colour table; blue-white-red by default.
        step: pixels from one value of ``inverse`` to the next, where only every ``step``-th
            pixel of a large field is given.

    Raises:
        ValueError: wrong shape or ``spread`` not positive.
    """
    _check_field(inverse, "jacobian")
    determinant = jacobian_determinant(inverse if step == 1 else inverse / np.float32(step))
    colours = diverging() if table is None else table
    picture = colourise(determinant, colours, 1 - spread, 1 + spread)
    folds = determinant <= 0
    picture[folds] = FOLD_COLOUR
    folded = int(np.count_nonzero(folds))
    return Jacobian(picture, folded, folded / determinant.size)


def difference(generated: Picture, truth: Picture) -> NDArray[np.int16]:
    """Signed grey-level difference ``generated - truth`` of two pictures.

    Args:
        generated: (H, W, C) uint8.
        truth: (H, W, C) uint8 of the same height and width; channels are averaged.

    Returns:
        (H, W) int16, -255 to 255.

    Raises:
        ValueError: the sizes differ.
    """
    if generated.shape[:2] != truth.shape[:2]:
        raise ValueError(
            f"difference: expected one size, got {generated.shape[:2]} and {truth.shape[:2]}"
        )
    return np.asarray(np.rint(_grey_levels(generated) - _grey_levels(truth)), np.int16)


def to_rgb(picture: Picture) -> Picture:
    """(H, W, 1|3) uint8 to contiguous (H, W, 3) uint8.

    Raises:
        ValueError: another shape or dtype.
    """
    if picture.ndim != 3 or picture.shape[2] not in (1, 3) or picture.dtype != np.uint8:
        raise ValueError(f"to_rgb: expected (H, W, 1|3) uint8, got {picture.shape} {picture.dtype}")
    if picture.shape[2] == 1:
        return np.repeat(picture, 3, axis=2)
    return np.ascontiguousarray(picture)


def _grey_levels(picture: Picture) -> NDArray[np.float32]:
    return np.asarray(picture.mean(axis=2, dtype=np.float32))


def _ramp(anchors: tuple[tuple[int, int, int], ...]) -> Table:
    places = np.linspace(0, 255, len(anchors))
    colours = np.array(anchors, dtype=np.float64)
    table = np.stack([np.interp(np.arange(256), places, colours[:, c]) for c in range(3)], axis=1)
    made = np.rint(table).astype(np.uint8)
    made.flags.writeable = False
    return made


def _positions(size: int, spacing: float) -> NDArray[np.float64]:
    """Evenly spaced pixel positions, centred on the picture."""
    count = int((size - 1) / spacing + 1e-9)
    start = ((size - 1) - count * spacing) / 2
    return np.asarray(start + spacing * np.arange(count + 1), np.float64)


def _carried_lines(lines: NDArray[np.float64], inverse: Float) -> Float:
    """(lines, points, 2) positions carried by the field, then one NaN row after each line."""
    flat = lines.reshape(-1, 2)
    moved = (flat + sample_field(inverse, flat)).reshape(lines.shape)
    broken = np.full((lines.shape[0], 1, 2), np.nan)
    return np.concatenate([moved, broken], axis=1).reshape(-1, 2).astype(np.float32)


def _check_field(field: Float, name: str) -> None:
    if field.ndim != 3 or field.shape[0] != 2:
        raise ValueError(f"{name}: expected a field of shape (2, H, W), got {field.shape}")
