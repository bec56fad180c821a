"""A box turned about its middle: what lies in it upright, and the way back to the frame.

Points (x, y) and pixel indices count pixel centres. Angles are degrees, clockwise on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class TurnedBox:
    """The box (y, x, height, width) of a frame, turned by ``angle`` degrees about its middle.

    "Upright" means: in pixels of the frame before turning, so that the box has straight sides.
    """

    box: Box
    angle: float

    @property
    def middle(self) -> tuple[float, float]:
        """(x, y) of the middle, which turning leaves where it is."""
        y, x, height, width = self.box
        return x + width / 2 - 0.5, y + height / 2 - 0.5

    def to_frame(self, points: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """(..., 2) upright points (x, y) as points of the frame."""
        return self._turn(points, self.angle)

    def to_upright(self, points: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """(..., 2) points (x, y) of the frame as upright points."""
        return self._turn(points, -self.angle)

    def corners(self) -> NDArray[np.float64]:
        """(4, 2) corners (x, y) in the frame, clockwise from the upper left one."""
        y, x, height, width = self.box
        left, top = x - 0.5, y - 0.5
        right, bottom = left + width, top + height
        upright = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        return self.to_frame(upright)

    def cut(self, planes: NDArray[Any], *, nearest: bool = False) -> NDArray[Any]:
        """(H, W, C) float32 of the frame sampled in the box, (height, width, C) upright.

        Outside the frame the nearest edge pixel counts.
        """
        how = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
        _, _, height, width = self.box
        cut = cv2.warpAffine(
            planes,
            self._matrix(),
            (width, height),
            flags=how | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(cut).reshape(height, width, planes.shape[2])

    def spread(self, upright: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
        """(height, width, C) of the box on a frame of ``size`` (H, W); its edges go on outside."""
        spread = cv2.warpAffine(
            upright, self._matrix(), (size[1], size[0]), borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(spread).reshape(*size, upright.shape[2])

    def spread_field(self, upright: Float, size: tuple[int, int]) -> Float:
        """(2, height, width) field of the box, upright pixels, as (2, H, W) of the frame."""
        dx, dy = np.moveaxis(self.spread(np.moveaxis(upright, 0, -1).copy(), size), -1, 0)
        cosine, sine = turn_of(self.angle)
        return np.stack([cosine * dx - sine * dy, sine * dx + cosine * dy]).astype(np.float32)

    def distance(self, size: tuple[int, int]) -> NDArray[np.float64]:
        """(H, W) how far each pixel lies outside the box, in pixels; 0 inside."""
        y, x, height, width = self.box
        rows, columns = np.indices(size, np.float64)
        upright = self.to_upright(np.stack([columns, rows], -1))
        across = outside(upright[..., 0], x, width)
        return np.asarray(np.hypot(outside(upright[..., 1], y, height), across), np.float64)

    def _turn(self, points: NDArray[np.floating[Any]], angle: float) -> NDArray[np.float64]:
        exact = np.asarray(points, np.float64)
        if not angle:
            return exact
        cosine, sine = turn_of(angle)
        middle = np.array(self.middle)
        away = exact - middle
        x, y = away[..., 0], away[..., 1]
        turned = np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)
        return np.asarray(turned + middle, np.float64)

    def _matrix(self) -> NDArray[np.float64]:
        """(2, 3) from pixels of the upright cut-out to pixels of the frame."""
        y, x, _, _ = self.box
        cosine, sine = turn_of(self.angle)
        origin = self.to_frame(np.array([x, y], np.float64))
        return np.array([[cosine, -sine, origin[0]], [sine, cosine, origin[1]]])


def turn_of(angle: float) -> tuple[float, float]:
    """Cosine and sine of an angle in degrees, exact at right angles."""
    quarter, rest = divmod(angle, 90.0)
    if rest == 0:
        exact = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
        return exact[int(quarter) % 4]
    return float(np.cos(np.deg2rad(angle))), float(np.sin(np.deg2rad(angle)))


def outside(index: NDArray[Any], start: int, length: int) -> NDArray[np.float64]:
    """How far each position lies outside [start, start + length), in pixels; 0 inside."""
    before, after = start - index, index - (start + length - 1)
    return np.asarray(np.maximum(np.maximum(before, after), 0), np.float64)
