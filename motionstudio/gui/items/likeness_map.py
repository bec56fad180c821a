"""A square map of which windows of a clip move alike; a click goes to the earlier of the two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.core.display import colourise
from motionstudio.core.motion_windows import Span
from motionstudio.gui.items.heat_map import latent_table
from motionstudio.gui.items.ink import outline, pen
from motionstudio.gui.theme.apply import font, tokens_for

_LEAST, _MOST = 120, 240


class LikenessMap(QWidget):
    """Cosines between windows, blue opposite to red alike; the current frame is a cross.

    Signals:
        chosen: first frame of a window that was clicked.
        hovered: read-out of the pair of windows under the pointer.
    """

    chosen = Signal(int)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spans: tuple[Span, ...] = ()
        self._likeness = np.zeros((0, 0), np.float32)
        self._current, self._at = 0, 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(font("caption"))
        self.setAccessibleName("Which windows of the clip move alike")
        self.setToolTip("Each point: how alike the motions of two windows are; click to go there")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The windows, from left to right and from top to bottom."""
        return self._spans

    def set_map(self, spans: Sequence[Span], likeness: NDArray[np.float32]) -> None:
        """Show n windows and their (n, n) cosines.

        Raises:
            ValueError: the two do not belong together.
        """
        if likeness.shape != (len(spans), len(spans)):
            raise ValueError(
                f"set_map: expected likeness of shape {(len(spans),) * 2}, got {likeness.shape}"
            )
        self._spans, self._likeness = tuple(spans), likeness
        self._at = min(self._at, max(0, len(spans) - 1))
        self.update()

    def set_current(self, frame: int) -> None:
        """The frame that is shown."""
        if frame != self._current:
            self._current = frame
            self.update()

    def place_of(self, column: int, row: int) -> QPointF:
        """The middle of a cell, for tests."""
        area, count = self._area(), max(1, len(self._spans))
        step = area.width() / count
        return QPointF(area.left() + (column + 0.5) * step, area.top() + (row + 0.5) * step)

    @override
    def sizeHint(self) -> QSize:
        return QSize(_LEAST, _LEAST)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return min(max(width, _LEAST), _MOST)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell(event.position())
        if cell is not None and event.button() is Qt.MouseButton.LeftButton:
            self._at = cell[0]
            self.chosen.emit(self._spans[cell[0]].start)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell(event.position())
        if cell is None:
            self.hovered.emit("")
            return
        column, row = cell
        one, other = self._spans[column], self._spans[row]
        self.hovered.emit(
            f"Frames {one.start}-{one.stop} and {other.start}-{other.stop}: likeness "
            f"{self._likeness[row, column]:+.2f}, 1 the same motion, -1 the opposite".replace(
                "-1 the", "−1 the"
            )
        )

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._spans:
            super().keyPressEvent(event)
            return
        self._at = min(max(self._at + step, 0), len(self._spans) - 1)
        self.chosen.emit(self._spans[self._at].start)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        area = self._area()
        painter.fillRect(area, QColor(tokens.canvas))
        if not self._spans:
            painter.setPen(QColor(tokens.muted))
            words = "Check a motion to see which parts of the clip move alike."
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(8, 8, -8, -8), int(flags), words)
            return
        colours = np.ascontiguousarray(colourise(self._likeness, latent_table(tokens), -1.0, 1.0))
        count = len(self._spans)
        image = QImage(colours.tobytes(), count, count, 3 * count, QImage.Format.Format_RGB888)
        painter.drawImage(area, image)
        self._paint_cross(painter, area)
        if self.hasFocus():
            outline(painter, area, tokens.accent, 1)

    def _paint_cross(self, painter: QPainter, area: QRectF) -> None:
        inside = [n for n, s in enumerate(self._spans) if s.start <= self._current <= s.stop]
        if inside:
            nearest = inside[len(inside) // 2]
            place = self.place_of(nearest, nearest)
            painter.setPen(pen(tokens_for(self.palette()).accent, 1))
            painter.drawLine(QPointF(place.x(), area.top()), QPointF(place.x(), area.bottom()))
            painter.drawLine(QPointF(area.left(), place.y()), QPointF(area.right(), place.y()))

    def _area(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, 0, side, side)

    def _cell(self, place: QPointF) -> tuple[int, int] | None:
        area, count = self._area(), len(self._spans)
        if not count or not area.contains(place):
            return None
        step = area.width() / count
        column, row = int((place.x() - area.left()) / step), int((place.y() - area.top()) / step)
        return min(column, count - 1), min(row, count - 1)
