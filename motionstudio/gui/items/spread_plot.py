"""Steps of two shapes in many futures against each other: a line where they move together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import LINE_THIN, SPACE_XS

_SIDE, _DOT = 150, 2.2


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Two shapes in the same futures.

    Attributes:
        names: of the shapes, for people.
        ways: the direction that each is measured along, for people: ``→``, ``45° ↗``.
        first, second: (N,) steps along those ways in pixels, NaN where a shape is gone.
        r: their correlation, NaN where there is none.
        limit: pixels at the edges of the plot.
    """

    names: tuple[str, str]
    ways: tuple[str, str]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    r: float
    limit: float


class SpreadPlot(QWidget):
    """A square scatter plot with its two axes through no step at all.

    Signals:
        hovered: read-out for the status bar.
    """

    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spread: Spread | None = None
        self.setMouseTracking(True)
        self.setFont(font("caption", tabular=True))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(_SIDE, _SIDE)
        self._describe()

    @property
    def spread(self) -> Spread | None:
        """What is shown."""
        return self._spread

    def set_spread(self, spread: Spread) -> None:
        """Show steps."""
        self._spread = spread
        self._describe()
        self.update()

    def title(self) -> str:
        """``circle – triangle, r = 0.97``."""
        spread = self._spread
        if spread is None:
            return ""
        r = "r not known" if np.isnan(spread.r) else f"r = {spread.r:+.2f}"
        return f"{spread.names[0]} – {spread.names[1]} · {r}"

    @override
    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE + 2 * self.fontMetrics().height())

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return min(width, 260) + 2 * self.fontMetrics().height() + SPACE_XS

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spread, area = self._spread, self._area()
        if spread is None or not area.contains(event.position()):
            self.hovered.emit("")
            return
        across = (event.position().x() - area.center().x()) / (area.width() / 2) * spread.limit
        up = (area.center().y() - event.position().y()) / (area.height() / 2) * spread.limit
        one, two = spread.names
        self.hovered.emit(f"{one} {across:+.1f} px · {two} {up:+.1f} px · {self.title()}")

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        spread = self._spread
        if spread is None:
            return
        tokens, area = tokens_for(self.palette()), self._area()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        line = self.fontMetrics().height()
        painter.setPen(pen(tokens.text))
        top = QRectF(area.left(), 0, self.width() - area.left(), line)
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, self.title())
        painter.setPen(pen(tokens.muted))
        below = QRectF(area.left(), area.bottom() + 1, self.width() - area.left(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self._axes(spread))
        painter.setPen(pen(tokens.line))
        painter.drawRect(area)
        middle = area.center()
        painter.drawLine(QLineF(area.left(), middle.y(), area.right(), middle.y()))
        painter.drawLine(QLineF(middle.x(), area.top(), middle.x(), area.bottom()))
        painter.setClipRect(area)
        painter.setPen(pen(tokens.surface, LINE_THIN / 2))
        painter.setBrush(QBrush(colour(tokens.series[0], 0.75)))
        for x, y in zip(spread.first, spread.second, strict=True):
            if np.isfinite(x) and np.isfinite(y):
                painter.drawEllipse(_place(area, x, y, spread.limit), _DOT, _DOT)

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        side = min(self.width() - 2, self.height() - 2 * line - SPACE_XS)
        return QRectF(1, line + 1, max(side, 1), max(side, 1))

    def _axes(self, spread: Spread) -> str:
        one, two = spread.names
        return f"→ {one} {spread.ways[0]}   ↑ {two} {spread.ways[1]}   ±{spread.limit:.3g} px"

    def _describe(self) -> None:
        self.setAccessibleName(f"Scatter: {self.title()}" if self._spread else "Scatter")
        tip = "Each point is one drawn future: how far the two shapes went in it"
        self.setToolTip(tip if self._spread is None else f"{self.title()}\n{tip}")


def _place(area: QRectF, x: float, y: float, limit: float) -> QPointF:
    across = min(max(float(x) / limit, -1.0), 1.0)
    up = min(max(float(y) / limit, -1.0), 1.0)
    middle = area.center()
    return QPointF(middle.x() + across * area.width() / 2, middle.y() - up * area.height() / 2)
