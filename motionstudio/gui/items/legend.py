"""Legends: what the marks on frames mean, and which colour stands for which value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import diamond, dot, hatch, mix, outline, padlock
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS, Tokens

Mark = Callable[[QPainter, QRectF, Tokens], None]


class StateLegend(QWidget):
    """The marks of frame cells with their names: kept, dropped, filled in, edited and so on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font("caption"))
        self.setAccessibleName("Legend: kept, dropped, filled in, edited, keyed, reference, ready")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setToolTip(
            "Kept frames are given to the model. Dropped frames are withheld from it.\n"
            "Filled in: the model made up what it did not see. Edited: you changed the motion.\n"
            "Keyed: a curve has a key there. The reference is the frame that is animated; it\n"
            "cannot be dropped. Ready: the final picture is at hand, and shown without waiting."
        )

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = sum(metrics.horizontalAdvance(name) + self._step(metrics) for name, _ in _ENTRIES)
        return QSize(width, metrics.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, QFontMetrics(self.font()).height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, metrics = tokens_for(self.palette()), QFontMetrics(self.font())
        side = metrics.ascent() + 1
        x, middle = 0.0, self.height() / 2
        for name, mark in _ENTRIES:
            if x + side + metrics.horizontalAdvance(name) + SPACE_XS > self.width():
                break
            mark(painter, QRectF(x, round(middle - side / 2), side, side), tokens)
            painter.setPen(QColor(tokens.muted))
            place = QRectF(x + side + SPACE_XS, 0, self.width(), self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
            x += metrics.horizontalAdvance(name) + self._step(metrics)

    def _step(self, metrics: QFontMetrics) -> int:
        return metrics.ascent() + 1 + SPACE_XS + SPACE_S


class ColourBar(QWidget):
    """A colour table with its two ends and its middle named.

    Args:
        parent: owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font("caption", tabular=True))
        self._labels: tuple[str, str] = ("", "")
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def set_scale(self, table: NDArray[np.uint8], low: str, high: str) -> None:
        """Show a (256, 3) uint8 colour table from the label ``low`` to the label ``high``."""
        row = np.ascontiguousarray(table[np.newaxis])
        self._image = QImage(
            row.tobytes(), len(table), 1, 3 * len(table), QImage.Format.Format_RGB888
        ).copy()
        self._labels = (low, high)
        self.setAccessibleName(f"Colours from {low} to {high}")
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        words = sum(metrics.horizontalAdvance(label) + SPACE_XS for label in self._labels)
        return QSize(words + metrics.height() * 4, metrics.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter, metrics = QPainter(self), QFontMetrics(self.font())
        painter.setPen(QColor(tokens_for(self.palette()).muted))
        low, high = (metrics.horizontalAdvance(label) + SPACE_XS for label in self._labels)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self._labels[0])
        place = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(self.rect(), int(place), self._labels[1])
        bar = QRectF(low, self.height() / 2 - 4, self.width() - low - high, 8)
        painter.drawImage(bar, self._image)


def _kept(painter: QPainter, area: QRectF, tokens: Tokens) -> None:
    painter.fillRect(area, mix(tokens.surface, tokens.muted, 0.45))


def _dropped(painter: QPainter, area: QRectF, tokens: Tokens) -> None:
    painter.fillRect(area, QColor(tokens.dropped_fill))
    hatch(painter, area, tokens.dropped)


def _filled(painter: QPainter, area: QRectF, tokens: Tokens) -> None:
    outline(painter, area, tokens.dropped)


def _edited(painter: QPainter, area: QRectF, tokens: Tokens) -> None:
    diamond(painter, area.center(), area.width() / 2 - 1, tokens)


def _reference(painter: QPainter, area: QRectF, tokens: Tokens) -> None:
    padlock(painter, area.center(), area.width() - 1, tokens.text)


def _keyed(painter: QPainter, area: QRectF, tokens: Tokens) -> None:
    dot(painter, area.center(), area.width() / 4, tokens)


def _cached(painter: QPainter, area: QRectF, tokens: Tokens) -> None:
    painter.fillRect(QRectF(area.left(), area.top(), area.width(), 2), QColor(tokens.good))
    painter.fillRect(area.adjusted(0, 4, 0, 0), mix(tokens.surface, tokens.muted, 0.45))


_ENTRIES: tuple[tuple[str, Mark], ...] = (
    ("kept", _kept),
    ("dropped", _dropped),
    ("filled in", _filled),
    ("edited", _edited),
    ("keyed", _keyed),
    ("reference", _reference),
    ("ready", _cached),
)
