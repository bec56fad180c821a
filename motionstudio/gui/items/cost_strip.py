"""What each row of a motion costs, in nats, over the cells of the rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.display import round_up
from motionstudio.gui.items.ink import mix
from motionstudio.gui.items.row_axis import RowAxis
from motionstudio.gui.items.scrub_strip import ScrubStrip


class CostStrip(ScrubStrip):
    """A bar for every row; hidden where nothing is known of any."""

    def __init__(self, axis: RowAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self._costs = np.zeros(0)
        self._words: tuple[str, ...] = ()
        self.setAccessibleName("What each glimpse costs")
        self.setMinimumHeight(self.line_height(1.4))
        self.setMaximumHeight(self.line_height(2))
        self.hide()

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.line_height(1.6))

    @property
    def costs(self) -> NDArray[np.float64]:
        """(R,) what is shown, nats; NaN where nothing is known."""
        return self._costs

    def set_costs(self, costs: NDArray[np.float64], words: tuple[str, ...]) -> None:
        """Show (R,) nats, NaN where unknown, and say ``words`` of each row under the pointer.

        Raises:
            ValueError: the two differ in length.
        """
        if costs.shape != (len(words),):
            raise ValueError(f"set_costs: expected ({len(words)},) nats, got {costs.shape}")
        self._costs, self._words = costs, words
        self.refresh()

    def bar_rect(self, row: int) -> QRectF:
        """The bar of a row; empty where its cost is unknown."""
        left = self.axis.left(row)
        width = self.axis.right(row) - left
        cost = self._costs[row]
        tall = (self.height() - 4) * float(cost) / self._top() if np.isfinite(cost) else 0.0
        gap = 1 if width >= 4 else 0
        return QRectF(left, self.height() - 1 - tall, width - gap, tall)

    @override
    def bars(self) -> int:
        return len(self._costs)

    @override
    def describe(self, row: int) -> str:
        return self._words[row] if 0 <= row < len(self._words) else ""

    @override
    def paint_still(self, painter: QPainter) -> None:
        self.paint_floor(painter)
        gutter = QRectF(0, 0, self.axis.gutter, self.height())
        self.paint_label(painter, gutter, f"KL 0–{self._top():g}")
        self.clip_to_frames(painter)
        ink = mix(self.tokens.surface, self.tokens.muted, 0.7)
        for row in self.axis.visible():
            if row < len(self._costs):
                painter.fillRect(self.bar_rect(row), ink)

    def _top(self) -> float:
        known = self._costs[np.isfinite(self._costs)]
        return round_up(float(known.max())) if known.size and known.max() > 0 else 1.0
