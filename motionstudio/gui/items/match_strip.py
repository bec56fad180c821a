"""How well the driver's pose fits in every frame, over the shared time axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.display import round_up
from motionstudio.gui.items.ink import mix, pen
from motionstudio.gui.items.scrub_strip import ScrubStrip
from motionstudio.gui.items.time_axis import TimeAxis

_MARK = 4
_TOPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)


class MatchStrip(ScrubStrip):
    """A bar for every frame: the lower, the nearer its pose is to the picture's.

    The reference has a lock line through it, the best frame a mark of its own.
    """

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self._scores = np.zeros(0)
        self._reference, self._best = -1, -1
        self.setAccessibleName("How far each pose is from the picture's")
        self.setMinimumHeight(self.line_height(1.4))
        self.hide()

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.line_height(2))

    @property
    def scores(self) -> NDArray[np.float64]:
        """(T,) what is shown."""
        return self._scores

    def set_scores(self, scores: NDArray[np.float64], reference: int, best: int) -> None:
        """Show (T,) distances, the frame that counts as the picture's pose, and the best one."""
        self._scores, self._reference, self._best = scores, reference, best
        self.refresh()

    @override
    def bars(self) -> int:
        return len(self._scores)

    @override
    def describe(self, frame: int) -> str:
        if not 0 <= frame < len(self._scores):
            return ""
        words = f"Frame {frame} · pose distance now {self._scores[frame]:.2f}"
        if 0 <= self._reference < len(self._scores):
            words += f" : reference {self._scores[self._reference]:.2f} (frame {self._reference})"
        return f"{words} · best {self._scores[self._best]:.2f} (frame {self._best})"

    @override
    def paint_still(self, painter: QPainter) -> None:
        tokens = self.tokens
        self.paint_floor(painter)
        gutter = QRectF(0, 0, self.axis.gutter, self.height())
        top = self._top()
        self.paint_label(painter, gutter, f"Pose 0–{top:g}" if len(self._scores) else "Pose")
        self.clip_to_frames(painter)
        for frame in self.axis.visible():
            if frame < len(self._scores):
                self._paint_bar(painter, frame, top)
        for frame, ink in ((self._reference, tokens.text), (self._best, tokens.good)):
            if 0 <= frame < len(self._scores):
                self._paint_mark(painter, frame, QColor(ink), filled=frame == self._best)

    def _top(self) -> float:
        known = self._scores[np.isfinite(self._scores)]
        return round_up(float(known.max()), _TOPS) if known.size and known.max() > 0 else 1.0

    def _paint_bar(self, painter: QPainter, frame: int, top: float) -> None:
        left = self.axis.left(frame)
        width = self.axis.right(frame) - left
        tall = max(1.0, (self.height() - 4) * min(1.0, float(self._scores[frame]) / top))
        gap = 1 if width >= 4 else 0
        ink = mix(self.tokens.surface, self.tokens.muted, 0.7)
        if frame == self._best:
            ink = QColor(self.tokens.good)
        painter.fillRect(QRectF(left, self.height() - 1 - tall, width - gap, tall), ink)

    def _paint_mark(self, painter: QPainter, frame: int, ink: QColor, *, filled: bool) -> None:
        """A triangle that hangs from the top: hollow for the reference, filled for the best."""
        middle = self.axis.centre(frame)
        places = ((middle - _MARK, 1), (middle + _MARK, 1), (middle, 1 + _MARK))
        corners = [QPointF(x, y) for x, y in places]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(ink.name()))
        painter.setBrush(ink if filled else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF(corners))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
