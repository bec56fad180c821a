"""A small moving picture to choose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.core.display import to_rgb
from motionstudio.gui.items.ink import outline
from motionstudio.gui.items.pixel_image import to_image
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import LINE_SELECTED, SPACE_XS

_SIDE = 96


class MovingTile(QWidget):
    """Shows one picture of a short film at a time, with a caption below.

    Signals:
        chosen: clicked, or Space pressed.
        taken: double-clicked, or Enter pressed.
    """

    chosen = Signal()
    taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[QImage, ...] = ()
        self._phase = 0.0
        self._caption = ""
        self._selected = False
        self.setFont(font("caption", tabular=True))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(_SIDE, _SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def ready(self) -> bool:
        """Whether there are pictures."""
        return bool(self._pictures)

    def set_film(self, pictures: NDArray[np.uint8] | None, caption: str) -> None:
        """(n, h, w, 1|3) uint8 or None while they are being made, and words below."""
        self._pictures = (
            () if pictures is None else tuple(to_image(to_rgb(one)) for one in pictures)
        )
        self._caption = caption
        self.setAccessibleName(f"Variation, {caption}")
        self.setToolTip(f"{caption}\nClick to see it on the subject, double-click to take it")
        self.update()

    def set_phase(self, phase: float) -> None:
        """Where in the film, in [0, 1)."""
        before, self._phase = self._index(), phase
        if self._pictures and self._index() != before:
            self.update()

    def set_selected(self, selected: bool) -> None:
        """Whether it is the chosen one."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(148, 148)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.taken.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Space:
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        line = painter.fontMetrics().height() + SPACE_XS
        room = QRectF(self.rect()).adjusted(2, 2, -2, -line - 2)
        if self._pictures:
            image = self._pictures[self._index()]
            scale = min(room.width() / image.width(), room.height() / image.height())
            area = QRectF(0, 0, image.width() * scale, image.height() * scale)
            area.moveCenter(room.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
            painter.drawImage(area, image)
        painter.setPen(QColor(tokens.text if self._pictures else tokens.muted))
        words = QRectF(SPACE_XS, self.height() - line, self.width() - 2 * SPACE_XS, line)
        flags = Qt.AlignmentFlag.AlignCenter
        painter.drawText(words, int(flags), self._caption if self._pictures else "Drawing …")
        if self._selected or self.hasFocus():
            width = LINE_SELECTED if self._selected else 1
            outline(painter, QRectF(self.rect()), tokens.accent, width)

    def _index(self) -> int:
        return int(self._phase * len(self._pictures)) % max(len(self._pictures), 1)
