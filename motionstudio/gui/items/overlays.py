"""Painting over pictures: grid lines, arrows, legends and badges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPolygonF

from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.items.layers import Legend
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import LINE_CURVE, RADIUS, SPACE_S, SPACE_XS, Tokens

_HEAD = 4.0
_BAR_TALL = 8


def paint_lines(
    painter: QPainter, area: QRectF, scale: float, lines: NDArray[np.float32], tokens: Tokens
) -> None:
    """NaN-separated polylines in picture pixels as one path."""
    path = QPainterPath()
    for line in _pieces(_placed(lines, area, scale)):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in line]))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(pen(tokens.text, LINE_CURVE * 0.7, 0.9))
    painter.drawPath(path)
    painter.restore()


def paint_arrows(
    painter: QPainter, area: QRectF, scale: float, arrows: NDArray[np.float32], tokens: Tokens
) -> None:
    """Shafts and heads of arrows, given as feet and tips in picture pixels, as one path."""
    feet = _placed(arrows[:, :2], area, scale)
    tips = _placed(arrows[:, 2:], area, scale)
    along = tips - feet
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)
    along = along / length[:, np.newaxis] * np.minimum(_HEAD, length * 0.5)[:, np.newaxis]
    across = along[:, ::-1] * np.array([-1.0, 1.0]) * 0.6
    path = QPainterPath()
    left, right = tips - along + across, tips - along - across
    for foot, tip, one, two in zip(feet, tips, left, right, strict=True):
        path.moveTo(*foot)
        path.lineTo(*tip)
        path.moveTo(*one)
        path.lineTo(*tip)
        path.lineTo(*two)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(pen(tokens.canvas, LINE_CURVE * 2, 0.5))
    painter.drawPath(path)
    painter.setPen(pen(tokens.text, LINE_CURVE))
    painter.drawPath(path)
    painter.restore()


def paint_legend(painter: QPainter, room: QRectF, legend: Legend, tokens: Tokens) -> None:
    """Colours with their ends named and a line of words, in the lower left corner."""
    painter.save()
    painter.setFont(font("caption", tabular=True))
    metrics = QFontMetricsF(painter.font())
    low, high = (metrics.horizontalAdvance(end) for end in (legend.low, legend.high))
    bar_wide = min(120.0, max(40.0, room.width() - low - high - 6 * SPACE_S))
    first = low + high + bar_wide + 2 * SPACE_XS
    width = max(first, metrics.horizontalAdvance(legend.words)) + 2 * SPACE_S
    height = metrics.height() * (2 if legend.words else 1) + 2 * SPACE_XS
    box = QRectF(SPACE_S, room.bottom() - height - SPACE_S, width, height)
    _plate(painter, box, tokens)
    painter.setPen(QColor(tokens.text))
    baseline = box.top() + SPACE_XS + metrics.ascent()
    x = box.left() + SPACE_S
    painter.drawText(QPointF(x, baseline), legend.low)
    bar = QRectF(x + low + SPACE_XS, baseline - _BAR_TALL, bar_wide, _BAR_TALL)
    painter.drawImage(bar, _bar_image(legend.table))
    painter.drawText(QPointF(bar.right() + SPACE_XS, baseline), legend.high)
    painter.setPen(QColor(tokens.muted))
    painter.drawText(QPointF(x, baseline + metrics.height()), legend.words)
    painter.restore()


def paint_badge(painter: QPainter, room: QRectF, badges: tuple[str, ...], tokens: Tokens) -> None:
    """Short words in the upper right corner, from right to left."""
    painter.save()
    painter.setFont(font("caption"))
    metrics = QFontMetricsF(painter.font())
    right = room.right() - SPACE_S
    for words in badges:
        width = metrics.horizontalAdvance(words) + 2 * SPACE_S
        box = QRectF(right - width, SPACE_S, width, metrics.height() + SPACE_XS)
        _plate(painter, box, tokens)
        painter.setPen(QColor(tokens.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        right -= width + SPACE_XS
    painter.restore()


def _plate(painter: QPainter, box: QRectF, tokens: Tokens) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(tokens.raised, 0.86))
    painter.drawRoundedRect(box, RADIUS, RADIUS)


def _bar_image(table: NDArray[np.uint8]) -> QImage:
    row = np.ascontiguousarray(table[np.newaxis])
    count = len(table)
    return QImage(row.tobytes(), count, 1, 3 * count, QImage.Format.Format_RGB888).copy()


def _placed(points: NDArray[np.float32], area: QRectF, scale: float) -> NDArray[np.float64]:
    """Centres of picture pixels to places on the widget."""
    placed = (points.astype(np.float64) + 0.5) * scale + np.array([area.left(), area.top()])
    return np.asarray(placed, np.float64)


def _pieces(points: NDArray[np.float64]) -> list[list[list[float]]]:
    breaks = np.flatnonzero(np.isnan(points[:, 0]))
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(points)]])
    return [points[a:b].tolist() for a, b in zip(starts, ends, strict=True) if b > a]
