"""Paints what a viewport shows: the same for the screen, for figures and for pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from motionstudio.gui.items.ink import pen
from motionstudio.gui.items.layers import Layers, Veil
from motionstudio.gui.items.overlays import paint_arrows, paint_lines, paint_strokes
from motionstudio.gui.items.stroke_layers import StrokeLayers
from motionstudio.gui.theme.tokens import Tokens

_PIXELS_SHOW_FROM = 8.0
_STALE_SATURATION = 0.6


@dataclass(frozen=True, slots=True)
class Manner:
    """How layers are painted.

    Attributes:
        smooth: between pixels, unless they are large.
        stale: with less colour, because the picture is outdated.
        weight: factor of line widths.
        frame: a line around pictures that are maps.
        strokes: keeps strokes as they were painted; None: lines stay lines, as files need them.
    """

    smooth: bool = True
    stale: bool = False
    weight: float = 1.0
    frame: bool = True
    strokes: StrokeLayers | None = None


def image_of(picture: NDArray[np.uint8]) -> QImage:
    """(h, w, 3) uint8 as an image of its own memory."""
    solid = np.ascontiguousarray(picture)
    height, width = solid.shape[:2]
    shared = QImage(solid.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    # Scaled painting is faster from 32-bit pixels; the conversion is also the copy.
    return shared.convertToFormat(QImage.Format.Format_RGB32)


def paint_layers(
    painter: QPainter,
    area: QRectF,
    layers: Layers,
    image: QImage,
    tokens: Tokens,
    manner: Manner | None = None,
) -> None:
    """Paint a picture with everything over it but its legend.

    Args:
        painter: where.
        area: where the whole native picture lies.
        layers: what; ``image`` is its picture.
        image: see ``image_of``.
        tokens: theme.
        manner: how.
    """
    how = manner or Manner()
    width = layers.native[1]
    scale = area.width() / max(1, width)
    part = _part(area, layers.extent)
    pixel = part.width() / max(1, image.width())
    smooth = how.smooth and pixel < _PIXELS_SHOW_FROM
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.drawImage(part, _stale(image) if how.stale else image)
    if layers.veil is not None:
        _paint_veil(painter, area, scale, layers.veil)
    if layers.fade:
        painter.fillRect(part, _veil(tokens, layers.fade))
    if len(layers.lines):
        paint_lines(painter, area, scale, layers.lines, tokens, how.weight)
    if len(layers.arrows):
        paint_arrows(painter, area, scale, layers.arrows, tokens, how.weight)
    if layers.strokes:
        paint = paint_strokes if how.strokes is None else how.strokes.paint
        paint(painter, area, scale, layers.strokes, tokens, how.weight)
    if how.frame and layers.legend is not None and layers.legend.table is not None:
        painter.setPen(pen(tokens.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)


def _paint_veil(painter: QPainter, area: QRectF, scale: float, veil: Veil) -> None:
    """A map over the part of the picture that the model saw, turned as that part is."""
    x, y, width, height = (value * scale for value in veil.box)
    pixels = np.ascontiguousarray(veil.picture)
    rows, columns = pixels.shape[:2]
    shared = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    image = shared.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.setOpacity(veil.opacity)
    painter.translate(area.left() + x + width / 2, area.top() + y + height / 2)
    painter.rotate(veil.angle)
    painter.drawImage(QRectF(-width / 2, -height / 2, width, height), image)
    painter.restore()


def _part(area: QRectF, extent: tuple[float, float, float, float]) -> QRectF:
    x, y, width, height = extent
    return QRectF(
        area.left() + x * area.width(),
        area.top() + y * area.height(),
        width * area.width(),
        height * area.height(),
    )


def _veil(tokens: Tokens, fade: float) -> QColor:
    made = QColor(tokens.canvas)
    made.setAlphaF(fade)
    return made


def _stale(image: QImage) -> QImage:
    made = image.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(
        QImage.Format.Format_RGB888
    )
    painter = QPainter(made)
    painter.setOpacity(_STALE_SATURATION)
    painter.drawImage(0, 0, image)
    painter.end()
    return made
