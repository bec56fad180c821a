"""A small plot of one number over the steps of a task."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import pen
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import LINE_CURVE, SPACE_XS

_TALL = 56


class FallingPlot(QWidget):
    """Values from the first to the newest, from zero to the largest; the newest is written out.

    Hidden while there are none.

    Args:
        name: accessible name.
        unit: after the numbers, with its space.
        parent: owner.
    """

    def __init__(self, name: str, unit: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._unit = name, unit
        self._values: list[float] = []
        self._end = 0.0
        self.setFont(font("caption", tabular=True))
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def values(self) -> tuple[float, ...]:
        """What is plotted."""
        return tuple(self._values)

    def clear(self) -> None:
        """Begin anew."""
        self._values, self._end = [], 0.0
        self.setAccessibleName(self._name)
        self.hide()

    def add(self, value: float, fraction: float) -> None:
        """One value more, at ``fraction`` (0 to 1) of the task."""
        self._values.append(value)
        self._end = fraction
        self.show()
        words = f"{self._values[0]:.2f} to {value:.2f}{self._unit}"
        self.setAccessibleName(f"{self._name}: {words}")
        self.setToolTip(f"{self._name}: {words}")
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, _TALL)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        if not self._values:
            return
        metrics = QFontMetrics(self.font())
        words = f"{self._values[-1]:.2f}{self._unit}"
        wide = metrics.horizontalAdvance(words) + SPACE_XS
        area = QRectF(self.rect()).adjusted(SPACE_XS, SPACE_XS, -wide - SPACE_XS, -SPACE_XS)
        points = self._points(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(pen(tokens.line))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        start = points[0].y()
        painter.drawLine(QPointF(area.left(), start), QPointF(area.right(), start))
        painter.setPen(pen(tokens.good, LINE_CURVE))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(QColor(tokens.text))
        last = points[-1]
        top = min(max(last.y() - metrics.height() / 2, 0.0), self.height() - metrics.height())
        box = QRectF(last.x() + SPACE_XS, top, wide + SPACE_XS, metrics.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), words)

    def _points(self, area: QRectF) -> list[QPointF]:
        top = max(max(self._values), 1e-9)
        across = area.width() * max(self._end, 0.0) / max(len(self._values) - 1, 1)
        return [
            QPointF(area.left() + i * across, area.bottom() - value / top * area.height())
            for i, value in enumerate(self._values)
        ]
