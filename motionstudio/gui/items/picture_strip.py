"""A row of small pictures with a word under each: a traversal, or what is nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import outline
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import SPACE_XS

_LEAST, _MOST, _USUAL = 28, 96, 5


@dataclass(frozen=True, slots=True, eq=False)
class StripEntry:
    """One place of the strip.

    Attributes:
        caption: a word or number under the picture.
        tip: a sentence for tooltip and read-out.
        picture: (h, w, C) uint8, or None while it is being made.
    """

    caption: str
    tip: str
    picture: NDArray[np.uint8] | None = None


def as_image(picture: NDArray[np.uint8]) -> QImage:
    """A grey or colour picture (h, w, 1|3) uint8 as a Qt image that owns its pixels."""
    rgb = np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture
    solid = np.ascontiguousarray(rgb)
    height, width = solid.shape[:2]
    image = QImage(solid.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()


class PictureStrip(QWidget):
    """Pictures side by side, as large as fit; click or Return chooses one.

    Signals:
        activated: place of the picture that was chosen.
        hovered: read-out for the status bar.
    """

    activated = Signal(int)
    hovered = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[StripEntry, ...] = ()
        self._images: list[QImage | None] = []
        self._message = ""
        self._place = 0
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def entries(self) -> tuple[StripEntry, ...]:
        """What is shown."""
        return self._entries

    def set_entries(self, entries: tuple[StripEntry, ...], message: str = "") -> None:
        """Show pictures, or a sentence instead of them."""
        self._entries, self._message = entries, message
        self._images = [None if e.picture is None else as_image(e.picture) for e in entries]
        self._place = min(self._place, max(len(entries) - 1, 0))
        self.updateGeometry()
        self.update()

    def set_picture(self, place: int, picture: NDArray[np.uint8]) -> None:
        """One picture is ready."""
        if 0 <= place < len(self._images):
            self._images[place] = as_image(picture)
            self.update()

    def area(self, place: int) -> QRectF:
        """Where the picture at ``place`` lies."""
        side = self._side()
        step = self.width() / max(len(self._entries), 1)
        return QRectF(place * step + (step - side) / 2, SPACE_XS, side, side)

    @override
    def sizeHint(self) -> QSize:
        line = round(QFontMetricsF(font("caption")).height())
        return QSize(160, round(self._side()) + line + 3 * SPACE_XS)

    @override
    def resizeEvent(self, event: object) -> None:
        self.updateGeometry()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position())
        words = "" if place is None else self._entries[place].tip
        self.setToolTip(words)
        self.hovered.emit(words)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit("")

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position())
        if place is not None and event.button() is Qt.MouseButton.LeftButton:
            self._place = place
            self.activated.emit(place)
            self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = event.key(), len(self._entries) - 1
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and last >= 0:
            step = 1 if key == Qt.Key.Key_Right else -1
            self._place = min(max(self._place + step, 0), last)
            self.hovered.emit(self._entries[self._place].tip)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and last >= 0:
            self.activated.emit(self._place)
        else:
            event.ignore()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.setFont(font("caption", tabular=True))
        if not self._entries:
            painter.setPen(QColor(tokens.muted))
            wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 0, -8, 0), wrap, self._message)
            return
        metrics = QFontMetricsF(painter.font())
        for place, entry in enumerate(self._entries):
            area, image = self.area(place), self._images[place]
            painter.fillRect(area, QColor(tokens.canvas))
            if image is not None:
                painter.drawImage(_inside(area, image), image)
            step = self.width() / len(self._entries)
            words = metrics.elidedText(entry.caption, Qt.TextElideMode.ElideRight, step - 2)
            painter.setPen(QColor(tokens.muted))
            below = QRectF(place * step, area.bottom() + 1, step, metrics.height() + 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, words)
            if self.hasFocus() and place == self._place:
                outline(painter, area, tokens.accent, 2)

    def _side(self) -> float:
        # As high with one picture, or none yet, as with all: nothing jumps when they come.
        room = self.width() / max(len(self._entries), _USUAL) - SPACE_XS
        return min(max(room, _LEAST), _MOST)

    def _at(self, pixel: QPointF) -> int | None:
        if not self._entries:
            return None
        place = int(pixel.x() / (self.width() / len(self._entries)))
        return place if 0 <= place < len(self._entries) else None


def _inside(area: QRectF, image: QImage) -> QRectF:
    """The largest part of ``area`` of the image's proportions, in its middle."""
    scale = min(area.width() / image.width(), area.height() / image.height())
    width, height = image.width() * scale, image.height() * scale
    centre = area.center()
    return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
