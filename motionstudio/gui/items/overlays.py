"""Painting over pictures: grid lines, arrows, strokes, legends and badges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from motionstudio.core.display import hue_wheel
from motionstudio.gui.items.curve_lines import polygon
from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.items.layers import Legend, Stroke
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import (
    DARK,
    LINE_CURVE,
    LINE_THIN,
    RADIUS,
    SPACE_S,
    SPACE_XS,
    Tokens,
)

_HEAD = 4.0
_BAR_TALL = 8
_HUES = 24
_WHEEL_WIDE = 5.0
_ROOM_FOR_WORDS = 150.0
_Look = tuple[str, float, float]


def paint_lines(
    painter: QPainter,
    area: QRectF,
    scale: float,
    lines: NDArray[np.float32],
    tokens: Tokens,
    weight: float = 1.0,
) -> None:
    """NaN-separated polylines in picture pixels as one path."""
    path = _path(placed(lines, area, scale))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(tokens.text, LINE_THIN * weight, 0.9))
    painter.drawPath(path)
    painter.restore()


def paint_strokes(
    painter: QPainter,
    area: QRectF,
    scale: float,
    strokes: tuple[Stroke, ...],
    tokens: Tokens,
    weight: float = 1.0,
) -> None:
    """Outlines, trails and dots over a dark halo: they show on any grey, in either theme.

    Lines of one look are one path, and halos lie below all lines: a path costs far less than its
    parts.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halos: dict[_Look, QPainterPath] = {}
    inks: dict[_Look, QPainterPath] = {}
    for stroke in strokes:
        if stroke.dots:
            continue
        path = _path(placed(stroke.points, area, scale))
        name, wide, alpha = stroke.colour or tokens.accent, stroke.width, stroke.alpha
        halos.setdefault((DARK.canvas, wide + 1.5, alpha / 2), QPainterPath()).addPath(path)
        inks.setdefault((name, wide, alpha), QPainterPath()).addPath(path)
    for (name, wide, alpha), path in (*halos.items(), *inks.items()):
        painter.setPen(_round(pen(name, wide * weight, alpha)))
        painter.drawPath(path)
    for stroke in strokes:
        if stroke.dots:
            places = placed(stroke.points, area, scale)
            _dots(painter, places, stroke.colour or tokens.accent, stroke.width * weight)
    painter.restore()


def paint_arrows(
    painter: QPainter,
    area: QRectF,
    scale: float,
    arrows: NDArray[np.float32],
    tokens: Tokens,
    weight: float = 1.0,
) -> None:
    """Arrows from feet to tips in picture pixels; the hue is the direction (``hue_wheel``)."""
    feet = placed(arrows[:, :2], area, scale)
    tips = placed(arrows[:, 2:], area, scale)
    along = tips - feet
    turn = np.arctan2(along[:, 1], along[:, 0]) / (2 * np.pi) % 1.0
    bins = np.minimum((turn * _HUES + 0.5).astype(int) % _HUES, _HUES - 1)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)
    head = np.minimum(_HEAD * weight, length * 0.5)
    along = along / length[:, np.newaxis] * head[:, np.newaxis]
    across = along[:, ::-1] * np.array([-1.0, 1.0]) * 0.6
    left, right = tips - along + across, tips - along - across
    paths = {int(hue): QPainterPath() for hue in np.unique(bins)}
    for hue, foot, tip, one, two in zip(bins, feet, tips, left, right, strict=True):
        path = paths[int(hue)]
        path.moveTo(*foot)
        path.lineTo(*tip)
        path.moveTo(*one)
        path.lineTo(*tip)
        path.lineTo(*two)
    _draw_hues(painter, paths, tokens, weight)


def paint_legend(
    painter: QPainter,
    room: QRectF,
    legend: Legend,
    tokens: Tokens,
    *,
    right: bool = False,
    brief: bool = True,
) -> None:
    """Colours with their ends named and a line of words, in a lower corner of ``room``.

    ``brief``: the words are left out where the room is low, so that the picture stays visible.
    """
    painter.save()
    painter.setFont(font("caption", tabular=True))
    metrics = QFontMetricsF(painter.font())
    bar = legend.table is not None and not legend.wheel
    wheel = metrics.height() * 1.6 + SPACE_S if legend.wheel else 0.0
    bar_wide = _bar_width(metrics, legend, room) if bar else 0.0
    # A small viewport keeps its picture: the colours stay, the words are in the status bar.
    said = legend.words if not brief or room.height() >= _ROOM_FOR_WORDS or not bar else ""
    most = max(40.0, room.width() - 4 * SPACE_S - wheel)
    words = metrics.elidedText(said, Qt.TextElideMode.ElideRight, most)
    width = max(bar_wide, metrics.horizontalAdvance(words) + wheel) + 2 * SPACE_S
    lines = int(bar) + int(bool(words))
    height = max(metrics.height() * lines, wheel - SPACE_S) + 2 * SPACE_XS
    left = room.right() - width - SPACE_S if right else room.left() + SPACE_S
    box = QRectF(left, room.bottom() - height - SPACE_S, width, height)
    _plate(painter, box, tokens)
    if bar:
        _legend_bar(painter, box, legend, bar_wide, tokens)
    if legend.wheel:
        side = wheel - SPACE_S
        _wheel(painter, QRectF(box.left() + SPACE_S, box.center().y() - side / 2, side, side))
    painter.setPen(QColor(tokens.muted))
    foot = box.adjusted(SPACE_S + wheel, metrics.height() * int(bar), 0, 0)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignVCenter), words)
    painter.restore()


def _bar_width(metrics: QFontMetricsF, legend: Legend, room: QRectF) -> float:
    """Width of both ends and of the colours between them."""
    ends = metrics.horizontalAdvance(legend.low) + metrics.horizontalAdvance(legend.high)
    return ends + min(120.0, max(40.0, room.width() - ends - 6 * SPACE_S)) + 2 * SPACE_XS


def _legend_bar(
    painter: QPainter, box: QRectF, legend: Legend, width: float, tokens: Tokens
) -> None:
    metrics = QFontMetricsF(painter.font())
    low, high = (metrics.horizontalAdvance(end) for end in (legend.low, legend.high))
    x, baseline = box.left() + SPACE_S, box.top() + SPACE_XS + metrics.ascent()
    ink = QRectF(x + low + SPACE_XS, baseline - _BAR_TALL, 0, _BAR_TALL)
    ink.setWidth(width - low - high - 2 * SPACE_XS)
    painter.setPen(QColor(tokens.text))
    painter.drawText(QPointF(x, baseline), legend.low)
    if legend.table is not None:
        painter.drawImage(ink, _bar_image(legend.table))
    painter.drawText(QPointF(ink.right() + SPACE_XS, baseline), legend.high)


def paint_badge(painter: QPainter, room: QRectF, badges: tuple[str, ...], tokens: Tokens) -> None:
    """Short words in the upper right corner, from right to left."""
    painter.save()
    painter.setFont(font("caption"))
    metrics = QFontMetricsF(painter.font())
    right = room.right() - SPACE_S
    for words in badges:
        width = metrics.horizontalAdvance(words) + 2 * SPACE_S
        box = QRectF(right - width, room.top() + SPACE_S, width, metrics.height() + SPACE_XS)
        _plate(painter, box, tokens)
        painter.setPen(QColor(tokens.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        right -= width + SPACE_XS
    painter.restore()


def paint_caption(painter: QPainter, place: QPointF, words: str, tokens: Tokens) -> None:
    """Words on a small plate whose upper left corner is ``place``."""
    painter.save()
    painter.setFont(font("caption", tabular=True))
    metrics = QFontMetricsF(painter.font())
    size = (metrics.horizontalAdvance(words) + 2 * SPACE_S, metrics.height() + SPACE_XS)
    box = QRectF(place.x(), place.y(), *size)
    _plate(painter, box, tokens)
    painter.setPen(QColor(tokens.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    painter.restore()


def _draw_hues(
    painter: QPainter, paths: dict[int, QPainterPath], tokens: Tokens, weight: float
) -> None:
    table = hue_wheel()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(DARK.canvas, LINE_CURVE * 2 * weight, 0.5))
    for path in paths.values():
        painter.drawPath(path)
    for hue, path in paths.items():
        painter.setPen(QPen(QColor(*table[hue * 256 // _HUES].tolist()), LINE_CURVE * weight))
        painter.drawPath(path)
    painter.restore()


def _wheel(painter: QPainter, box: QRectF) -> None:
    """A ring of hues: the colour at an angle is that of arrows pointing there."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring = box.adjusted(_WHEEL_WIDE / 2, _WHEEL_WIDE / 2, -_WHEEL_WIDE / 2, -_WHEEL_WIDE / 2)
    table = hue_wheel()
    flat = Qt.PenCapStyle.FlatCap
    for part in range(_HUES):
        ink = QPen(QColor(*table[part * 256 // _HUES].tolist()), _WHEEL_WIDE)
        ink.setCapStyle(flat)
        painter.setPen(ink)
        # Qt counts angles against the clock, pictures run downwards.
        middle = -part * 5760 / _HUES
        painter.drawArc(ring, round(middle - 2880 / _HUES), round(5760 / _HUES) + 16)
    painter.restore()


def _dots(
    painter: QPainter,
    places: NDArray[np.float64],
    hex_name: str,
    radius: float,
) -> None:
    painter.setPen(pen(DARK.canvas, 1.5, 0.8))
    painter.setBrush(QColor(hex_name))
    for x, y in places:
        if np.isfinite(x):
            painter.drawEllipse(QPointF(x, y), radius, radius)


def _round(ink: QPen) -> QPen:
    # Outlines turn a little at every pixel: a round joint there costs a third more, unseen.
    ink.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    ink.setCapStyle(Qt.PenCapStyle.RoundCap)
    return ink


def _path(points: NDArray[np.float64]) -> QPainterPath:
    path = QPainterPath()
    for line in _pieces(points):
        path.addPolygon(polygon(line[:, 0], line[:, 1]))
    return path


def _plate(painter: QPainter, box: QRectF, tokens: Tokens) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(tokens.raised, 0.86))
    painter.drawRoundedRect(box, RADIUS, RADIUS)


def _bar_image(table: NDArray[np.uint8]) -> QImage:
    row = np.ascontiguousarray(table[np.newaxis])
    count = len(table)
    return QImage(row.tobytes(), count, 1, 3 * count, QImage.Format.Format_RGB888).copy()


def placed(points: NDArray[np.floating], area: QRectF, scale: float) -> NDArray[np.float64]:
    """Centres of picture pixels to places on the widget."""
    moved = (points.astype(np.float64) + 0.5) * scale + np.array([area.left(), area.top()])
    return np.asarray(moved, np.float64)


def _pieces(points: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The polylines between rows of NaN."""
    breaks = np.flatnonzero(np.isnan(points[:, 0]))
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(points)]])
    return [points[a:b] for a, b in zip(starts, ends, strict=True) if b > a]
