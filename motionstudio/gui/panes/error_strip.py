"""Error strip: how far each generated frame is from the true one, over the shared time axis."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.display import round_up
from motionstudio.gui.items.ink import hatch, mix, outline, pen
from motionstudio.gui.items.scrub_strip import ScrubStrip
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import LINE_CURVE, SPACE_S

FLOOR_MARK = "floor"
"""A mark of this name is dashed."""


class ErrorStrip(ScrubStrip):
    """One bar per frame, bars of withheld frames hatched."""

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self._errors = np.zeros(0)
        self._withheld = np.zeros(0, np.bool_)
        self._stale = np.zeros(0, np.bool_)
        self._marks: dict[str, NDArray[np.floating]] = {}
        self._what, self._unit = "RMSE", "grey levels"
        self._message = "The error of each frame appears here once the motion is encoded."
        self._limit = 1.0
        self.setAccessibleName("Error of each frame")

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.line_height(2))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.line_height(1.4))

    def set_errors(self, errors: NDArray[np.floating], withheld: NDArray[np.bool_]) -> None:
        """Show (T,) errors, NaN where unknown; ``withheld`` (T,) marks dropped frames.

        The scale only grows while the number of frames stays, so that bars do not jump.

        Raises:
            ValueError: the two differ in shape.
        """
        if errors.shape != withheld.shape or errors.ndim != 1:
            raise ValueError(
                f"set_errors: expected two (T,) arrays, got {errors.shape} and {withheld.shape}"
            )
        known = errors[np.isfinite(errors)]
        top = round_up(float(known.max())) if known.size and known.max() > 0 else 1.0
        same_clip = errors.shape == self._errors.shape
        self._limit = max(top, self._limit) if same_clip else top
        self._errors, self._withheld = errors.astype(np.float64), withheld.astype(np.bool_)
        if self._stale.shape != errors.shape:
            self._stale = np.zeros(len(errors), np.bool_)
        self.refresh()

    def set_marks(self, marks: Mapping[str, NDArray[np.floating]]) -> None:
        """Lines across the bars, (T,) each by name, such as what another model needs; or none.

        They do not change the scale: a line above it is drawn at the top.
        """
        self._marks = {name: np.asarray(values, np.float64) for name, values in marks.items()}
        self.refresh()

    def set_stale(self, stale: NDArray[np.bool_]) -> None:
        """(T,) True where the error is that of a motion that has changed since."""
        if stale.shape == self._errors.shape and not np.array_equal(stale, self._stale):
            self._stale = stale.astype(np.bool_)
            self.refresh()

    def set_measure(self, what: str, unit: str) -> None:
        """Other numbers: their short name and what they are; the scale starts anew."""
        if (what, unit) != (self._what, self._unit):
            self._what, self._unit = what, unit
            self._errors, self._marks = np.zeros(0), {}
            self.setAccessibleName("Error of each frame" if what == "RMSE" else f"{what} of each")
            self.refresh()

    @property
    def message(self) -> str:
        """What is said while there are no errors to show."""
        return self._message

    def set_message(self, text: str) -> None:
        """What to say while there are no errors to show."""
        self._message = text
        self.refresh()

    def bar_rect(self, frame: int) -> QRectF:
        """The bar of a frame; empty where its error is unknown."""
        left = self.axis.left(frame)
        width = self.axis.right(frame) - left
        error = self._errors[frame]
        if not np.isfinite(error):
            return QRectF(left, self.height() - 1, width, 0)
        tall = (self.height() - 4) * min(1.0, float(error) / self._limit)
        tall = max(1.0, tall) if error > 0 else 0.0
        gap = 1 if width >= 4 else 0
        return QRectF(left, self.height() - 1 - tall, width - gap, tall)

    @override
    def bars(self) -> int:
        return len(self._errors)

    @override
    def describe(self, frame: int) -> str:
        error = self._errors[frame]
        known = f"{self._what} {error:.2f} {self._unit}"
        amount = known if np.isfinite(error) else f"{self._what} not known"
        for name, values in self._marks.items():
            if np.isfinite(error) and frame < len(values) and np.isfinite(values[frame]):
                amount += f" · {name} {values[frame]:.2f}"
        return (
            f"Frame {frame} of 0-{len(self._errors) - 1} · {amount}"
            + (" against the withheld truth" if self._withheld[frame] else "")
            + (" · before the last change" if self._stale[frame] and np.isfinite(error) else "")
        )

    @override
    def paint_still(self, painter: QPainter) -> None:
        self.paint_floor(painter)
        gutter = QRectF(0, 0, self.axis.gutter, self.height())
        known = bool(np.isfinite(self._errors).any())
        ends = f" 0–{self._limit:g}" if known else ""
        self.paint_label(painter, gutter, self._what + ends)
        if known:
            self._paint_bars(painter)
        else:
            self._paint_message(painter)

    def _paint_bars(self, painter: QPainter) -> None:
        tokens = self.tokens
        self.clip_to_frames(painter)
        for frame in self.axis.visible():
            if frame >= len(self._errors):
                break
            area = self.bar_rect(frame)
            if self._stale[frame]:
                # An outline only: something was measured here, but not of this motion.
                outline(painter, area, tokens.disabled, 1)
            elif self._withheld[frame]:
                painter.fillRect(area, QColor(tokens.dropped_fill))
                hatch(painter, area, tokens.dropped)
                painter.fillRect(
                    QRectF(area.topLeft(), QSize(int(area.width()), 1)), QColor(tokens.dropped)
                )
            else:
                painter.fillRect(area, mix(tokens.surface, tokens.muted, 0.7))
            self._paint_marks(painter, frame)

    def _paint_marks(self, painter: QPainter, frame: int) -> None:
        tokens = self.tokens
        left, right = self.axis.left(frame), self.axis.right(frame)
        for name, values in self._marks.items():
            if frame >= len(values) or not np.isfinite(values[frame]):
                continue
            tall = (self.height() - 4) * min(1.0, float(values[frame]) / self._limit)
            ink = pen(tokens.series[1], LINE_CURVE)
            if name == FLOOR_MARK:
                ink = QPen(QColor(tokens.text), 1, Qt.PenStyle.DashLine)
            painter.setPen(ink)
            height = self.height() - 1 - tall
            painter.drawLine(QLineF(left, height, right, height))

    def _paint_message(self, painter: QPainter) -> None:
        area = QRectF(self.axis.gutter + SPACE_S, 0, self.width(), self.height())
        painter.setFont(font("caption"))
        painter.setPen(QColor(self.tokens.muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._message)
