"""What a canvas paints over its pictures while the hand moves: divider, cross-hair, words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter

from motionstudio.gui.items.ink import pen
from motionstudio.gui.theme.tokens import DARK, SPACE_S, Tokens

_GAP, _REACH = 5.0, 14.0
_KNOB = 5


def paint_divider(painter: QPainter, x: float, height: float, tokens: Tokens) -> None:
    """The line between the two pictures of a wipe, with a knob in its middle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for ink in (pen(tokens.canvas, 4, 0.6), pen(tokens.accent, 2)):
        painter.setPen(ink)
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
    painter.setBrush(QColor(tokens.accent))
    painter.drawEllipse(QPointF(x, height / 2), _KNOB, _KNOB)


def paint_cross_hair(painter: QPainter, place: QPointF | None) -> None:
    """Four short lines around a place, so that the pixel itself stays visible; None: nothing."""
    if place is None:
        return
    for ink in (pen(DARK.canvas, 3, 0.5), pen(DARK.text, 1, 0.95)):
        painter.setPen(ink)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(
                place + QPointF(dx * _GAP, dy * _GAP), place + QPointF(dx * _REACH, dy * _REACH)
            )


def paint_missing(painter: QPainter, room: QRect, words: str, tokens: Tokens) -> None:
    """Why there is no picture."""
    painter.setPen(QColor(tokens.muted))
    place = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(room.adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S), int(place), words)
