"""Ink: colours, pens and the small marks that say the state of frames and cells by shape."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from motionstudio.gui.theme.tokens import LINE_CURVE, LINE_THIN, Tokens

_HATCH_STEP = 5


def colour(hex_name: str, alpha: float = 1.0) -> QColor:
    """A colour from a token, more or less transparent (0 to 1)."""
    made = QColor(hex_name)
    made.setAlphaF(alpha)
    return made


def mix(first: str, second: str, share: float) -> QColor:
    """Between two tokens: 0 is ``first``, 1 is ``second``."""
    one, two = QColor(first), QColor(second)
    return QColor.fromRgbF(
        one.redF() + (two.redF() - one.redF()) * share,
        one.greenF() + (two.greenF() - one.greenF()) * share,
        one.blueF() + (two.blueF() - one.blueF()) * share,
    )


def pen(hex_name: str, width: float = LINE_THIN, alpha: float = 1.0) -> QPen:
    """A solid pen from a token."""
    return QPen(colour(hex_name, alpha), width)


def hatch(painter: QPainter, area: QRectF, hex_name: str, alpha: float = 1.0) -> None:
    """Diagonal lines over an area; they continue across neighbouring areas."""
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(pen(hex_name, 1.0, alpha))
    height = area.height()
    first = int((area.left() - height) // _HATCH_STEP) * _HATCH_STEP
    lines = [
        QLineF(x, area.bottom(), x + height, area.top())
        for x in range(first, int(area.right()) + 1, _HATCH_STEP)
    ]
    painter.drawLines(lines)
    painter.restore()


def dot(painter: QPainter, centre: QPointF, radius: float, tokens: Tokens) -> None:
    """The mark of something keyed."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(pen(tokens.surface, LINE_THIN))
    painter.setBrush(QBrush(QColor(tokens.keyed)))
    painter.drawEllipse(centre, radius, radius)
    painter.restore()


def diamond(painter: QPainter, centre: QPointF, radius: float, tokens: Tokens) -> None:
    """The mark of something edited."""
    x, y = centre.x(), centre.y()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(pen(tokens.surface, LINE_THIN))
    painter.setBrush(QBrush(QColor(tokens.edited)))
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(x, y - radius),
                QPointF(x + radius, y),
                QPointF(x, y + radius),
                QPointF(x - radius, y),
            ]
        )
    )
    painter.restore()


def corner(painter: QPainter, area: QRectF, size: float, hex_name: str) -> None:
    """A small triangle in the upper right corner: the mark of an edited cell in the matrix."""
    x, y = area.right(), area.top()
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(hex_name))
    painter.drawPolygon(QPolygonF([QPointF(x - size, y), QPointF(x, y), QPointF(x, y + size)]))
    painter.restore()


def padlock(painter: QPainter, centre: QPointF, size: float, hex_name: str) -> None:
    """The mark of the reference, which cannot be dropped or edited."""
    x, y, half = centre.x(), centre.y(), size / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(pen(hex_name, LINE_CURVE * 0.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(x - half * 0.55, y - half, half * 1.1, size * 0.7), 0, 180 * 16)
    painter.setBrush(QColor(hex_name))
    painter.drawRect(QRectF(x - half * 0.8, y - half * 0.15, half * 1.6, half * 1.1))
    painter.restore()


def outline(painter: QPainter, area: QRectF, hex_name: str, width: float = LINE_CURVE) -> None:
    """A frame inside an area, so that neighbours keep their pixels."""
    painter.save()
    painter.setPen(pen(hex_name, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = width / 2
    painter.drawRect(area.adjusted(half, half, -half, -half))
    painter.restore()
