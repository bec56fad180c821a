"""A chart over time: one curve carried along by the motion, dots where the truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.display import round_up
from motionstudio.gui.items.axis_widget import AxisWidget
from motionstudio.gui.items.curve_look import Look
from motionstudio.gui.items.ink import pen
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import LINE_CURVE, SPACE_S

_PAD = 10
_TOPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One quantity over time.

    Attributes:
        name: for people, e.g. ``circumferential``.
        values: (T,) float, NaN where not known yet.
        truth: (T,) float of the frames' own labels, NaN where there are none.
        colour: ``#rrggbb``.
        dash: lengths of dashes and gaps in widths of the line; none: solid.
    """

    name: str
    values: NDArray[np.floating]
    truth: NDArray[np.floating]
    colour: str
    dash: tuple[float, ...] = ()


class RegionChart(AxisWidget):
    """Curves with dots; press or drag to go to a frame.

    Args:
        axis: of time.
        parent: owner.
        named: names stand at the curves; else somebody else says what they are.

    Signals:
        scrubbed: a frame was pressed or dragged over.
    """

    scrubbed = Signal(int)

    def __init__(
        self, axis: TimeAxis, parent: QWidget | None = None, *, named: bool = True
    ) -> None:
        super().__init__(axis, parent)
        self._named = named
        self._series: tuple[Series, ...] = ()
        self._unit, self._from_zero = "", True
        self._message = ""
        self.setMinimumHeight(96)
        self.setAccessibleName("Measured label over time")

    @property
    def series(self) -> tuple[Series, ...]:
        """What is shown."""
        return self._series

    def set_series(self, series: tuple[Series, ...], unit: str, *, from_zero: bool) -> None:
        """Show curves of one unit; ``from_zero``: the scale begins at 0."""
        self._series, self._unit, self._from_zero = series, unit, from_zero
        self.refresh()

    def set_message(self, text: str) -> None:
        """What to say while there is nothing to show."""
        self._message = text
        self.refresh()

    def span(self) -> tuple[float, float]:
        """The values at the bottom and at the top."""
        values = [part for one in self._series for part in (one.values, one.truth)]
        known = np.concatenate(values) if values else np.zeros(0)
        known = known[np.isfinite(known)]
        if not known.size:
            return 0.0, 1.0
        low, high = float(known.min()), float(known.max())
        if self._from_zero:
            return 0.0, round_up(max(high, 1e-9), _TOPS)
        low, high = min(low, 0.0), max(high, 0.0)
        ends = (round_up(max(abs(end), (high - low) * 0.1, 1e-9), _TOPS) for end in (low, high))
        below, above = ends
        return -below, above

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, 150)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self._series:
            self.scrubbed.emit(self.axis.frame_at(event.position().x()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self._series:
            return
        frame = self.axis.frame_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.scrubbed.emit(frame)
        words = self.describe(frame)
        self.setToolTip(words)
        self.hovered.emit(words)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

    def describe(self, frame: int) -> str:
        """Read-out of one frame."""
        parts = [f"Frame {frame}"]
        for one in self._series:
            if frame < len(one.values) and np.isfinite(one.values[frame]):
                parts.append(f"{one.name} {one.values[frame]:.4g} {self._unit}".rstrip())
            if frame < len(one.truth) and np.isfinite(one.truth[frame]):
                parts.append(f"own label {one.truth[frame]:.4g} {self._unit}".rstrip())
        return " · ".join(parts).replace("-", "−")

    @override
    def paint_still(self, painter: QPainter) -> None:
        if not self._series:
            self._paint_message(painter)
            return
        low, high = self.span()
        self._paint_scale(painter, low, high)
        self.clip_to_frames(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for one in self._series:
            self._paint_curve(painter, one, low, high)
        # More names than these would lie over each other.
        if self._named and 1 < len(self._series) <= 3:
            for one in self._series:
                self._paint_name(painter, one, low, high)

    @override
    def paint_moving(self, painter: QPainter) -> None:
        if self._series:
            super().paint_moving(painter)

    def _paint_scale(self, painter: QPainter, low: float, high: float) -> None:
        painter.setFont(font("caption", tabular=True))
        for value in (low, 0.0 if low < 0 < high else (low + high) / 2, high):
            y = self._y(value, low, high)
            painter.setPen(pen(self.tokens.line))
            painter.drawLine(QLineF(self.axis.gutter, y, self.axis.end, y))
            room = QRectF(0, y - 8, self.axis.gutter, 16)
            self.paint_label(painter, room, f"{value:.4g}".replace("-", "−"))
        top = QRectF(0, self._y(high, low, high) + 8, self.axis.gutter, 16)
        self.paint_label(painter, top, self._unit)

    def _paint_curve(self, painter: QPainter, one: Series, low: float, high: float) -> None:
        path, drawing = QPainterPath(), False
        for frame, value in enumerate(one.values):
            if not np.isfinite(value):
                drawing = False
                continue
            place = QPointF(self.axis.centre(frame), self._y(float(value), low, high))
            path.lineTo(place) if drawing else path.moveTo(place)
            drawing = True
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(Look(one.colour, one.dash).pen(LINE_CURVE))
        painter.drawPath(path)
        painter.setPen(pen(self.tokens.surface, 1))
        painter.setBrush(QColor(one.colour))
        for frame, value in enumerate(one.truth):
            if np.isfinite(value):
                y = self._y(float(value), low, high)
                painter.drawEllipse(QPointF(self.axis.centre(frame), y), 3.0, 3.0)

    def _paint_name(self, painter: QPainter, one: Series, low: float, high: float) -> None:
        """The name of a curve at the end it runs to: curves are told apart by words as well."""
        known = np.flatnonzero(np.isfinite(one.values))
        if not known.size:
            return
        peak = int(known[np.argmax(np.abs(one.values[known]))])
        above = float(one.values[peak]) >= 0
        painter.setPen(QColor(one.colour))
        metrics = painter.fontMetrics()
        x = self.axis.end - metrics.horizontalAdvance(one.name) - SPACE_S
        y = self._y(high if above else low, low, high)
        painter.drawText(QPointF(x, y + (metrics.ascent() + 2 if above else -4)), one.name)

    def _paint_message(self, painter: QPainter) -> None:
        area = QRectF(self.rect()).adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S)
        painter.setFont(font("caption"))
        painter.setPen(QColor(self.tokens.muted))
        place = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area, int(place), self._message)

    def _y(self, value: float, low: float, high: float) -> float:
        room = self.height() - 2 * _PAD
        return _PAD + room * (1 - (value - low) / (high - low))
