"""The whole clip in a thin bar: which part of it the ruler shows, and where marks are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.frame_states import FrameStates, runs
from motionstudio.gui.items.ink import colour, mix, pen
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.tokens import RADIUS, Tokens

HEIGHT = 8
_TIP = (
    "The whole clip; drag the frame around the part that is shown, or click to go there.\n"
    "Ctrl+wheel zooms, Shift+wheel or the middle button pans, double-click shows everything."
)


class OverviewBar(QWidget):
    """Moves and shows the shared axis' window over the clip; never changes time.

    Args:
        axis: the axis whose visible part it shows.
        parent: owner.
    """

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = axis
        self._states: FrameStates | None = None
        self._current = 0.0
        self._range: tuple[int, int] | None = None
        self._grip: float | None = None
        axis.changed.connect(self.update)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Overview of the whole clip")
        self.setToolTip(_TIP)

    def set_states(self, states: FrameStates) -> None:
        """What is known about the frames."""
        self._states = states
        self.update()

    def set_current(self, frame: float) -> None:
        """Move the playhead; fractions are places between frames."""
        if frame != self._current:
            self._current = frame
            self.update()

    def set_range(self, span: tuple[int, int] | None) -> None:
        """Play range, or None for all."""
        self._range = span
        self.update()

    def shown_part(self) -> QRectF:
        """The part of the bar that stands for what the ruler shows."""
        axis = self.axis
        if not axis.count:
            return QRectF()
        share = (axis.end - axis.gutter) / max(axis.count * axis.scale, 1e-9)
        width = max(min(share, 1.0) * self._room, 8.0)
        return QRectF(self._x(axis.first), 0.5, width, self.height() - 1.0)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self.axis.count:
            return
        x, shown = event.position().x(), self.shown_part()
        if not shown.left() <= x <= shown.right():
            self._show_from(x - shown.width() / 2)
            shown = self.shown_part()
        self._grip = x - shown.left()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._show_from(event.position().x() - self._grip)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self.unsetCursor()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.axis.fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.fillRect(self.rect(), QColor(tokens.surface))
        if self._states is None or not self.axis.count:
            return
        bar = QRectF(self.axis.gutter, 2, self._room, self.height() - 4)
        painter.fillRect(bar, mix(tokens.surface, tokens.muted, 0.25))
        self._paint_marks(painter, bar, tokens)
        if self._range is not None:
            left, right = self._x(self._range[0]), self._x(self._range[1] + 1)
            painter.fillRect(QRectF(left, 1, max(right - left, 2), 2), QColor(tokens.muted))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(pen(tokens.text if self.axis.zoom > 1 else tokens.line))
        painter.setBrush(colour(tokens.text, 0.10 if self.axis.zoom > 1 else 0.0))
        painter.drawRoundedRect(self.shown_part(), RADIUS / 2, RADIUS / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        place = QRectF(round(self._x(self._current + 0.5)) - 1, 0, 2, self.height())
        painter.fillRect(place, QColor(tokens.accent))

    @property
    def _room(self) -> float:
        return float(max(self.axis.end - self.axis.gutter, 1))

    def _x(self, frame: float) -> float:
        return self.axis.gutter + frame / max(self.axis.count, 1) * self._room

    def _show_from(self, left: float) -> None:
        """Let the ruler begin where ``left`` pixels of the bar are."""
        first = (left - self.axis.gutter) / self._room * self.axis.count
        self.axis.pan((first - self.axis.first) * self.axis.scale)

    def _paint_marks(self, painter: QPainter, bar: QRectF, tokens: Tokens) -> None:
        states = self._states
        if states is None:
            return
        edge = QRectF(bar.left(), bar.bottom() - 1, bar.width(), 2)
        for mask, hex_name, place in (
            (~states.kept, tokens.dropped, bar), (states.edited, tokens.edited, edge),
        ):  # fmt: skip
            for start, stop in runs(mask):
                left, right = self._x(start), self._x(stop)
                area = QRectF(left, place.top(), max(right - left, 1.0), place.height())
                painter.fillRect(area, QColor(hex_name))
