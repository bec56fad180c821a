"""How generated pictures come into the full picture: by whom they are drawn, how they are joined.

Models that draw their pictures see a part of the frame at their own size. What they draw can be
pasted back with a soft border, or their motion can move the full-resolution source instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.picture import Transform
from motionstudio.core.turned import outside

Float = NDArray[np.float32]
RenderBy = Literal["model", "field"]
MOST_FEATHER = 0.5


@dataclass(frozen=True, slots=True)
class Rendering:
    """How pictures of a model that draws them itself are made at the source's resolution.

    It changes nothing for models that bend the source: they always do so at full resolution.

    Attributes:
        by: ``model``: what the model draws, enlarged to the crop. ``field``: the source itself at
            full resolution, moved by the model's dense motion.
        fill: with ``field``, take what is hidden in the source from what the model draws, as far
            as the model says what is hidden (its occlusion map).
        feather: width of the soft border inside the crop, share of its shorter side, 0 to 0.5.
    """

    by: RenderBy = "model"
    fill: bool = True
    feather: float = 0.08

    def __post_init__(self) -> None:
        if self.by not in ("model", "field") or not 0 <= self.feather <= MOST_FEATHER:
            raise ValueError(
                f"Rendering: expected by model or field and feather in [0, {MOST_FEATHER}], got "
                f"{self.by!r} and {self.feather}"
            )


SOFT = Rendering()
"""What people see where they chose nothing else."""
HARD = Rendering(feather=0.0)
"""What the model draws, pasted without a soft border."""


@lru_cache(maxsize=3)
def soft_mask(transform: Transform, feather: float) -> Float:
    """(H, W) share of the generated picture: 0 outside the crop, 1 inside its soft border.

    Sides of the crop that lie on the frame's own edge have no border: there is nothing to join.

    Args:
        transform: whose crop.
        feather: width of the border, share of the crop's shorter side; 0: a hard edge.
    """
    y, x, height, width = transform.crop
    rows, columns = transform.frame_size
    border = feather * min(height, width)
    if transform.angle:
        down, across = np.indices(transform.frame_size, np.float64)
        upright = transform.turned.to_upright(np.stack([across, down], -1))
        within = transform.turned.distance(transform.frame_size) <= 0.5
        ramps = _ramp(upright[..., 1], y, height, border), _ramp(upright[..., 0], x, width, border)
        mask = np.where(within, np.maximum(ramps[0] * ramps[1], _LEAST), 0)
    else:
        line = np.arange(rows, dtype=np.float64)
        tall = _open_ramp(line, y, height, border, rows)
        line = np.arange(columns, dtype=np.float64)
        mask = tall[:, np.newaxis] * _open_ramp(line, x, width, border, columns)
    made = np.asarray(mask, np.float32)
    made.setflags(write=False)
    return made


def join(base: NDArray[np.uint8], made: NDArray[np.uint8], mask: Float) -> NDArray[np.uint8]:
    """``made`` in ``base`` as far as ``mask`` says: exactly one of them at 0 and at 1.

    Args:
        base: (H, W, C), the full picture.
        made: the same shape, what the model drew.
        mask: (H, W) in [0, 1], the share of ``made``.
    """
    picture = base.copy()
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    if not len(rows):
        return picture
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    under = base[part].astype(np.float32)
    # Levels are small whole numbers: with a share of 0 or 1 nothing is rounded.
    mixed = under + mask[part][..., np.newaxis] * (made[part].astype(np.float32) - under)
    picture[part] = np.rint(mixed, out=mixed)
    return picture


def map_to_native(plane: Float, transform: Transform) -> Float:
    """A (h, w) map over the model's picture, of any size, on the frame's own grid (H, W).

    Outside the crop its border goes on.
    """
    size = transform.model_size
    if plane.shape != size:
        plane = _resized(plane, size)
    top, left, rows, columns = transform.content
    inside = plane[top : top + rows, left : left + columns]
    y, x, height, width = transform.crop
    upright = _resized(np.ascontiguousarray(inside, dtype=np.float32), (height, width))
    bottom, right = transform.frame_size[0] - y - height, transform.frame_size[1] - x - width
    if transform.angle or min(y, x, bottom, right) < 0:
        spread = transform.turned.spread(upright[..., np.newaxis], transform.frame_size)
        return np.asarray(spread[..., 0], np.float32)
    return np.asarray(np.pad(upright, ((y, bottom), (x, right)), mode="edge"), np.float32)


# A turned crop's pixels belong to it up to half a pixel outside: never quite left out.
_LEAST = 1e-3


def _ramp(index: NDArray[Any], start: int, length: int, border: float) -> NDArray[np.float64]:
    """Rising smoothly from the edges of [start, start + length) inwards over ``border`` pixels."""
    inside = np.minimum(index - start, start + length - 1 - index) + 1
    share = np.clip(inside / (border + 1), 0, 1) if border > 0 else np.ones_like(inside)
    return np.asarray(share * share * (3 - 2 * share), np.float64)


def _open_ramp(
    index: NDArray[Any], start: int, length: int, border: float, count: int
) -> NDArray[np.float64]:
    """``_ramp`` without the sides that lie on the edge of the frame or beyond; 0 outside."""
    grown = int(np.ceil(border)) + 1
    first = start - grown if start <= 0 else start
    stop = start + length
    last = stop + grown if stop >= count else stop
    ramp = _ramp(index, first, last - first, border)
    return np.asarray(np.where(outside(index, start, length) > 0, 0, ramp), np.float64)


def _resized(plane: Float, size: tuple[int, int]) -> Float:
    if plane.shape == size:
        return plane
    shrinking = size[0] < plane.shape[0] or size[1] < plane.shape[1]
    how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (size[1], size[0]), interpolation=how), np.float32)
