"""Nats of each frame over the frames of a clip: one curve, a dashed floor, the playhead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import outline, pen
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import LINE_CURVE, SPACE_S, SPACE_XS, Tokens

_TALL = 120


@dataclass(frozen=True, slots=True, eq=False)
class Nats:
    """What is drawn, in nats for each whole frame; lower is better.

    Attributes:
        bound: (T,) negative evidence lower bound.
        floor: (T,) what a perfect decoder leaves.
        weighted: (T,) negative importance-weighted bound, or None.
        dropped: (T,) True where the model was not shown the frame.
        baseline: (T,) nats of another model, shown beside it, or None.
        exact: ``bound`` is the likelihood itself.
        given: frames at the beginning that have none before them: not drawn, only told.
        saved: (T,) nats that the clip would cost less without a frame, or None.
    """

    bound: NDArray[np.floating]
    floor: NDArray[np.floating]
    dropped: NDArray[np.bool_]
    weighted: NDArray[np.floating] | None = None
    baseline: NDArray[np.floating] | None = None
    exact: bool = False
    given: int = 0
    saved: NDArray[np.floating] | None = None

    @property
    def least(self) -> str:
        """What the figures of the first curve are called."""
        return "−log p" if self.exact else "−ELBO"

    @property
    def first(self) -> int:
        """The first frame that is drawn: all of them where there would be none."""
        return self.given if len(self.bound) > self.given + 1 else 0

    def peak(self) -> int:
        """The frame without which the clip is likeliest, else the one most above the floor."""
        excess = self.bound - self.floor if self.saved is None else self.saved
        return self.first + int(np.nanargmax(np.asarray(excess)[self.first :]))


class NatsChart(QWidget):
    """Press or drag to go to a frame; left and right step.

    Signals:
        scrubbed: a frame was pressed or dragged over, or stepped to.
        hovered: read-out for the status bar.
    """

    scrubbed = Signal(int)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nats: Nats | None = None
        self._current = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Nats of each frame")
        self.setToolTip("Nats of each frame; lower is better")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFont(font("caption", tabular=True))

    @property
    def nats(self) -> Nats | None:
        """What is shown, or None."""
        return self._nats

    def set_nats(self, nats: Nats | None) -> None:
        """Show figures, or none."""
        self._nats = nats
        self.update()

    def set_current(self, frame: int) -> None:
        """Where the playhead is."""
        if frame != self._current:
            self._current = frame
            self.update()

    def span(self) -> tuple[float, float]:
        """Nats at the bottom and at the top: floor and all curves, with a little room."""
        if self._nats is None:
            return 0.0, 1.0
        curves = (self._nats.weighted, self._nats.baseline)
        parts = [self._nats.bound, self._nats.floor, *(c for c in curves if c is not None)]
        parts = [part[self._nats.first :] for part in parts]
        low, high = (float(f(np.concatenate(parts))) for f in (np.nanmin, np.nanmax))
        room = max(high - low, 1.0) * 0.08
        # Exact nats of levels are never negative.
        return max(low - room, 0.0) if self._nats.exact else low - room, high + room

    def describe(self, frame: int) -> str:
        """Read-out of one frame."""
        nats = self._nats
        if nats is None or not 0 <= frame < len(nats.bound):
            return ""
        words = f"Frame {frame} · {nats.least} {nats.bound[frame]:.1f} nats"
        if nats.weighted is not None:
            words += f" · −IW bound {nats.weighted[frame]:.1f}"
        if nats.baseline is not None:
            words += f" · baseline {nats.baseline[frame]:.1f}"
        if frame < nats.given:
            return words + " · no frame before it tells it"
        words += f" · floor {nats.floor[frame]:.1f}"
        return words + (" · dropped, scored as it really is" if nats.dropped[frame] else "")

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, _TALL)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._nats is not None:
            self.scrubbed.emit(self._frame_at(event.position().x()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._nats is None:
            return
        frame = self._frame_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.scrubbed.emit(frame)
        self.hovered.emit(self.describe(frame))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._nats is None:
            super().keyPressEvent(event)
            return
        self.scrubbed.emit(min(max(self._current + step, 0), len(self._nats.bound) - 1))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        if self._nats is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            self._paint_curves(painter, tokens, self._nats)
        if self.hasFocus():
            outline(painter, QRectF(self.rect()), tokens.accent, 1.5)

    def _paint_curves(self, painter: QPainter, tokens: Tokens, nats: Nats) -> None:
        area = self._area()
        x = self._x(self._current)
        painter.setPen(pen(tokens.accent))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        dashed = QPen(QColor(tokens.muted), 1, Qt.PenStyle.DashLine)
        curves = [(nats.floor, dashed), (nats.bound, pen(tokens.series[0], LINE_CURVE))]
        if nats.weighted is not None:
            curves.append((nats.weighted, pen(tokens.series[1], LINE_CURVE)))
        if nats.baseline is not None:
            curves.insert(1, (nats.baseline, pen(tokens.series[1], LINE_CURVE)))
        for values, ink in curves:
            painter.setPen(ink)
            shown = range(nats.first, len(values))
            painter.drawPolyline(QPolygonF([self.point(t, float(values[t])) for t in shown]))
        painter.setPen(pen(tokens.series[0], LINE_CURVE))
        painter.setBrush(QColor(tokens.canvas))
        for frame in np.flatnonzero(nats.dropped[nats.first :]) + nats.first:
            painter.drawEllipse(self.point(int(frame), float(nats.bound[frame])), 3, 3)
        self._paint_ends(painter, tokens)

    def _paint_ends(self, painter: QPainter, tokens: Tokens) -> None:
        low, high = self.span()
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.muted))
        flag = Qt.AlignmentFlag
        gutter = QRectF(SPACE_XS, 0, self._gutter() - SPACE_S, self.height())
        painter.drawText(gutter, int(flag.AlignTop | flag.AlignRight), f"{high:.0f}")
        painter.drawText(gutter, int(flag.AlignBottom | flag.AlignRight), f"{low:.0f}")

    def point(self, frame: int, nats: float) -> QPointF:
        """Where a value of a frame is drawn."""
        low, high = self.span()
        area = self._area()
        return QPointF(self._x(frame), area.bottom() - (nats - low) / (high - low) * area.height())

    def _gutter(self) -> float:
        return float(self.fontMetrics().horizontalAdvance("00000") + SPACE_S)

    def _area(self) -> QRectF:
        gutter = self._gutter()
        return QRectF(gutter, SPACE_XS, self.width() - gutter - SPACE_S, self.height() - SPACE_S)

    def _x(self, frame: int) -> float:
        count = 1 if self._nats is None else len(self._nats.bound)
        area = self._area()
        return area.left() + area.width() * frame / max(count - 1, 1)

    def _frame_at(self, x: float) -> int:
        count = 1 if self._nats is None else len(self._nats.bound)
        area = self._area()
        place = (x - area.left()) / max(area.width(), 1.0) * (count - 1)
        return int(np.clip(round(place), 0, count - 1))
