"""How one keypoint looks over a picture: a coloured disc with the two axes of its matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.theme.tokens import (
    DARK,
    LINE_CURVE,
    LINE_SELECTED,
    LINE_THIN,
    RADIUS,
    SPACE_S,
    Tokens,
)

GROUP = -1
"""Index of the mark in the middle of several selected keypoints, which moves all of them."""
ARM = 34.0
"""Pixels of an axis of length 1."""
_SHORTEST = 15.0
_DISC, _TIP = 6.0, 3.5
_REACH_DISC, _REACH_TIP = 10.0, 8.0


class Part(Enum):
    """What of a keypoint is in the hand."""

    DISC = 0
    FIRST = 1
    SECOND = 2


@dataclass(frozen=True, slots=True)
class KeypointMark:
    """One keypoint as it is painted.

    Attributes:
        index: of the keypoint, or ``GROUP``.
        place: (x, y) in pixels of the picture.
        arms: the carried x and y axis as (dx, dy), 1 long at rest; None without a matrix.
        ink: ``#rrggbb``.
        name: short, beside the disc.
        words: how far it is from rest, for the read-out.
        selected: whether it is.
    """

    index: int
    place: tuple[float, float]
    arms: tuple[tuple[float, float], tuple[float, float]] | None
    ink: str
    name: str
    words: str = ""
    selected: bool = False


def tips(mark: KeypointMark, at: QPointF) -> tuple[tuple[Part, QPointF], ...]:
    """Where the tips of a mark's axes lie on the widget when its disc is ``at``."""
    if mark.arms is None:
        return ()
    return tuple(
        (part, at + _shown(arm))
        for part, arm in zip((Part.FIRST, Part.SECOND), mark.arms, strict=True)
    )


def part_at(
    marks: tuple[KeypointMark, ...], places: tuple[QPointF, ...], pointer: QPointF
) -> tuple[int, Part] | None:
    """(position among ``marks``, part) under the pointer, or None.

    Axes of selected keypoints come before discs, and those before the axes of all others.
    """
    found: list[tuple[int, float, int, Part]] = []
    for number, (mark, at) in enumerate(zip(marks, places, strict=True)):
        away = _distance(at, pointer)
        if away <= _REACH_DISC:
            found.append((1, away, number, Part.DISC))
        for part, tip in tips(mark, at):
            gap = _distance(tip, pointer)
            if gap <= _REACH_TIP:
                found.append((0 if mark.selected else 2, gap, number, part))
    if not found:
        return None
    _, _, number, part = min(found, key=lambda entry: entry[:2])
    return number, part


def paint_arms(
    painter: QPainter, mark: KeypointMark, at: QPointF, tokens: Tokens, *, strong: bool
) -> None:
    """Both axes: the first ends in a dot, the second in a square."""
    for part, tip in tips(mark, at):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width = LINE_CURVE if strong else LINE_THIN
        # A dark edge for light pictures, a light one for dark pictures and dark blues.
        for ink, wider, alpha in ((DARK.canvas, 2.5, 0.7), (DARK.text, 1.2, 0.6), (mark.ink, 0, 1)):
            painter.setPen(pen(ink, width + wider, alpha))
            painter.drawLine(at, tip)
        if strong:
            painter.setPen(pen(DARK.canvas, LINE_CURVE, 0.9))
            painter.setBrush(QColor(mark.ink))
            _tip(painter, tip, part)


def paint_disc(
    painter: QPainter, mark: KeypointMark, at: QPointF, tokens: Tokens, *, near: bool
) -> None:
    """The disc, dark-edged so that it shows on any picture, ringed while it is selected."""
    radius = _DISC + 1.0 * near
    if mark.selected:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, width in ((DARK.canvas, LINE_SELECTED + 2), (tokens.accent, LINE_SELECTED)):
            painter.setPen(pen(ink, width))
            painter.drawEllipse(at, radius + 3, radius + 3)
    painter.setPen(Qt.PenStyle.NoPen)
    for ink, wider in ((DARK.canvas, 0.0), (DARK.text, -1.0), (mark.ink, -2.0)):
        painter.setBrush(QColor(ink))
        half = radius + 1 + wider
        if mark.index == GROUP:
            painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
        else:
            painter.drawEllipse(at, half, half)


def paint_words(painter: QPainter, at: QPointF, words: str, room: QRectF, tokens: Tokens) -> None:
    """Words beside a disc, where there is room for them."""
    metrics = QFontMetricsF(painter.font())
    size = (metrics.horizontalAdvance(words) + 2 * SPACE_S, metrics.height() + 2)
    x = at.x() + 2.5 * _DISC
    if x + size[0] > room.right():
        x = at.x() - 2.5 * _DISC - size[0]
    x = min(max(x, room.left()), max(room.right() - size[0], room.left()))
    y = at.y() + 2.5 * _DISC
    if y + size[1] > room.bottom():
        y = at.y() - 2.5 * _DISC - size[1]
    box = QRectF(x, y, *size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(tokens.raised, 0.9))
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    painter.setPen(QColor(tokens.text))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)


def _tip(painter: QPainter, tip: QPointF, part: Part) -> None:
    if part is Part.FIRST:
        painter.drawEllipse(tip, _TIP, _TIP)
    else:
        painter.drawRect(QRectF(tip.x() - _TIP, tip.y() - _TIP, 2 * _TIP, 2 * _TIP))


def _shown(arm: tuple[float, float]) -> QPointF:
    """An axis in pixels; a very short one still leaves the disc."""
    length = math.hypot(*arm)
    if length < 1e-9:
        return QPointF(_SHORTEST, 0.0)
    scale = max(ARM, _SHORTEST / length)
    return QPointF(arm[0] * scale, arm[1] * scale)


def _distance(one: QPointF, two: QPointF) -> float:
    return math.hypot(one.x() - two.x(), one.y() - two.y())
