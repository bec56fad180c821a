"""One film of the comparison: a picture and what is said of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.curve_look import Look, paint_sample
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import LINE_CURVE, SPACE_S, SPACE_XS

_LEAST, _LINES = 120, 3
_SAMPLE = 32
"""Pixels of a piece of its curve: the longest dashes are seen twice."""


class Tile(QWidget):
    """A film, its name, a line about it; hatched at the edge where the frame was dropped."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.words = "…"
        self.look: Look | None = None
        self._films: NDArray[np.uint8] = np.zeros((0, 1, 1, 1), np.uint8)
        self._frame, self._dropped = 0, False
        self.setMinimumSize(_LEAST, _LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_words("…")

    def set_film(self, pictures: NDArray[np.uint8]) -> None:
        """Show (T, h, w, C) uint8."""
        self._films = pictures
        self.update()

    def set_words(self, words: str) -> None:
        """Say something about it, in at most three short lines."""
        self.words = words
        self.setToolTip(f"{self.name}\n{words}")
        self.setAccessibleName(f"{self.name}: {words}")
        self.update()

    def set_look(self, look: Look) -> None:
        """What its curves look like: shown before its name."""
        self.look = look
        self.update()

    def show_frame(self, frame: int, dropped: bool) -> None:
        """Go to a frame; ``dropped``: the model was not shown it."""
        self._frame, self._dropped = frame, dropped
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, 220)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = tokens_for(self.palette()), QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        caption = font("caption", tabular=True)
        line = QFontMetrics(caption).height()
        room = QRectF(0, 0, self.width(), self.height() - (1 + _LINES) * line - SPACE_S)
        self._paint_picture(painter, room, tokens.dropped)
        painter.setFont(caption)
        left = SPACE_XS
        if self.look is not None:
            y = room.bottom() + SPACE_XS + line / 2
            sample = QLineF(SPACE_XS, y, SPACE_XS + _SAMPLE, y)
            paint_sample(painter, self.look, sample, LINE_CURVE)
            left += _SAMPLE + SPACE_XS
        self._paint_text(painter, left, room.bottom() + SPACE_XS, self.name, tokens.text)
        for row, words in enumerate(self.words.split("\n")[:_LINES]):
            top = room.bottom() + SPACE_XS + (row + 1) * line
            self._paint_text(painter, SPACE_XS, top, words, tokens.muted)
        painter.end()

    def _paint_picture(self, painter: QPainter, room: QRectF, mark: str) -> None:
        if not 0 <= self._frame < len(self._films):
            return
        image = _image(self._films[self._frame])
        size = image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF((room.width() - size.width()) / 2, (room.height() - size.height()) / 2,
                      size.width(), size.height())  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, image)
        if self._dropped:
            painter.setPen(QPen(QColor(mark), 3))
            painter.drawRect(area.adjusted(1, 1, -1, -1))

    def _paint_text(self, painter: QPainter, x: float, y: float, text: str, colour: str) -> None:
        metrics = QFontMetrics(painter.font())
        shown = metrics.elidedText(
            text, Qt.TextElideMode.ElideMiddle, int(self.width() - x - SPACE_XS)
        )
        painter.setPen(QColor(colour))
        area = QRectF(x, y, self.width() - x, metrics.height())
        # Clipped to the height of a line, underscores are not seen.
        flags = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextDontClip)
        painter.drawText(area, flags, shown)


def _image(picture: NDArray[np.uint8]) -> QImage:
    channels = picture.shape[2]
    solid = np.ascontiguousarray(picture if channels == 3 else np.repeat(picture[..., :1], 3, 2))
    height, width = solid.shape[:2]
    shared = QImage(solid.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return shared.copy()
