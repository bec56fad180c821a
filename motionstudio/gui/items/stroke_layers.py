"""Strokes over pictures as they were painted, kept for when the same frame comes again."""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from motionstudio.gui.items.layers import Stroke
from motionstudio.gui.items.overlays import paint_strokes, placed
from motionstudio.gui.theme.tokens import Tokens

FEW = 40
"""Points that are painted faster than anything could be kept of them."""
BUDGET = 16 << 20
"""Bytes of painted strokes that are kept of one viewport."""
_HALO = 4.0


@dataclass(frozen=True, slots=True)
class _Place:
    """Where strokes lie, and how they look there; whatever was kept elsewhere is of no use."""

    area: tuple[float, float, float, float]
    scale: float
    weight: float
    ratio: float
    tokens: Tokens
    room: tuple[int, int]


class StrokeLayers:
    """Paints strokes, from what was kept of them where it can.

    An outline with its halo costs a third of a millisecond or more: playing a loop with labels and
    trails in four viewports, that is most of the time of a frame, and every loop brings the same.

    Args:
        budget: bytes to keep, least recently used first to go.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget, self._held = budget, 0
        self._place: _Place | None = None
        self._room, self._ratio = (1, 1), 1.0
        self._kept: OrderedDict[bytes, tuple[QPointF, QImage]] = OrderedDict()

    def set_room(self, width: int, height: int, ratio: float) -> None:
        """What can be seen, in device-independent pixels, and the device's own for each."""
        self._room, self._ratio = (width, height), ratio

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def held(self) -> int:
        """Bytes that are kept."""
        return self._held

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._held = 0

    def paint(
        self,
        painter: QPainter,
        area: QRectF,
        scale: float,
        strokes: tuple[Stroke, ...],
        tokens: Tokens,
        weight: float = 1.0,
    ) -> None:
        """As ``paint_strokes`` does."""
        if sum(len(stroke.points) for stroke in strokes) < FEW:
            paint_strokes(painter, area, scale, strokes, tokens, weight)
            return
        rect = (area.x(), area.y(), area.width(), area.height())
        place = _Place(rect, scale, weight, self._ratio, tokens, self._room)
        if place != self._place:
            self.clear()
            self._place = place
        name = _name(strokes)
        if name in self._kept:
            self._kept.move_to_end(name)
        else:
            self._keep(name, _painted(place, area, strokes))
        corner, image = self._kept[name]
        painter.drawImage(corner, image)

    def _keep(self, name: bytes, made: tuple[QPointF, QImage]) -> None:
        self._kept[name] = made
        self._held += made[1].sizeInBytes()
        while self._held > self._budget and len(self._kept) > 1:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._held -= oldest.sizeInBytes()


def _name(strokes: tuple[Stroke, ...]) -> bytes:
    """What tells strokes apart by all that is seen of them."""
    made = hashlib.blake2b(digest_size=16)
    for stroke in strokes:
        points = stroke.points
        looks = (points.dtype.str, len(points), stroke.colour, stroke.width, stroke.alpha)
        made.update(repr((*looks, stroke.dots)).encode())
        made.update(points.tobytes())
    return made.digest()


def _painted(place: _Place, area: QRectF, strokes: tuple[Stroke, ...]) -> tuple[QPointF, QImage]:
    """The strokes on nothing, and where the corner of that belongs."""
    left, top, right, bottom = _box(place, area, strokes)
    size = (max(1, right - left), max(1, bottom - top))
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(place.ratio)
    image.fill(Qt.GlobalColor.transparent)
    corner = QPointF(left / place.ratio, top / place.ratio)
    painter = QPainter(image)
    painter.translate(-corner)
    paint_strokes(painter, area, place.scale, strokes, place.tokens, place.weight)
    painter.end()
    return corner, image


def _box(place: _Place, area: QRectF, strokes: tuple[Stroke, ...]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what strokes cover of the room, in pixels of the device."""
    points: NDArray[np.float64] = np.concatenate([s.points for s in strokes])
    known = placed(points[np.isfinite(points).all(axis=1)], area, place.scale)
    if not len(known):
        return 0, 0, 1, 1
    margin = _HALO + place.weight * max(stroke.width for stroke in strokes)
    low, high = known.min(axis=0) - margin, known.max(axis=0) + margin
    ends = [math.floor(v * place.ratio) for v in low] + [math.ceil(v * place.ratio) for v in high]
    wide, tall = (math.ceil(v * place.ratio) for v in place.room)
    left, right = (min(max(ends[i], 0), wide) for i in (0, 2))
    top, bottom = (min(max(ends[i], 0), tall) for i in (1, 3))
    return left, top, right, bottom
