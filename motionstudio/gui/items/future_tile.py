"""One way in which a clip may go on: a small film that can be chosen."""

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
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import LINE_SELECTED, SPACE_XS

_LEAST = 84
_SWATCH = 7


class FutureTile(QWidget):
    """Shows one frame of a film at a time; what is not made yet steps back.

    Signals:
        chosen: clicked, or Space or Enter pressed.

    Args:
        name: for people, e.g. ``Future 2``.
        colour: of its curve, ``#rrggbb``, or empty.
        parent: owner.
    """

    chosen = Signal()

    def __init__(self, name: str, colour: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.colour, self.words = name, colour, ""
        self._film: NDArray[np.uint8] = np.zeros((0, 1, 1, 1), np.uint8)
        self._known: NDArray[np.bool_] | None = None
        self._frame = 0
        self._selected = False
        self.setFont(font("caption", tabular=True))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(scaled(_LEAST))
        self.set_words("")

    @property
    def film(self) -> NDArray[np.uint8]:
        """(K, h, w, C) uint8; K = 0 while there is nothing."""
        return self._film

    @property
    def frame(self) -> int:
        """The frame that is shown."""
        return self._frame

    def set_film(self, film: NDArray[np.uint8], known: NDArray[np.bool_] | None = None) -> None:
        """Show (K, h, w, C) uint8, of which (K, h, w) ``known`` are made; None: all."""
        self._film, self._known = film, known
        self.updateGeometry()
        self.update()

    def set_words(self, words: str) -> None:
        """Say something about it, in a few words."""
        self.words = words
        self.setAccessibleName(f"{self.name} {words}".strip())
        self.setToolTip(f"{self.name} {words}".strip() + "\nClick to see it large")
        self.update()

    def set_frame(self, frame: int) -> None:
        """Go to a frame of the film."""
        if frame != self._frame:
            self._frame = frame
            self.update()

    def set_selected(self, selected: bool) -> None:
        """Whether it is the one that is seen large."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(scaled(104), scaled(104) + self._line)

    @override
    def heightForWidth(self, width: int) -> int:
        """Of picture and caption."""
        ratio = self._film.shape[1] / self._film.shape[2] if len(self._film) else 1.0
        return min(round(width * ratio), width) + self._line

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        room = QRectF(0, 0, self.width(), self.height() - self._line)
        if self._frame < len(self._film):
            self._paint_picture(painter, room)
        left = SPACE_XS
        if self.colour:
            middle = self.height() - self._line / 2
            swatch = QRectF(left, middle - _SWATCH / 2, _SWATCH, _SWATCH)
            painter.fillRect(swatch, QColor(self.colour))
            left += _SWATCH + SPACE_XS
        painter.setPen(QColor(tokens.text))
        text = f"{self.name} {self.words}".strip()
        area = QRectF(left, self.height() - self._line, self.width() - left, self._line)
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(area.width())
        )
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), shown)
        if self._selected or self.hasFocus():
            width = LINE_SELECTED if self._selected else 1
            outline(painter, QRectF(self.rect()), tokens.accent, width)

    def _paint_picture(self, painter: QPainter, room: QRectF) -> None:
        image = to_image(to_rgb(self._film[self._frame]))
        size = image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, size.width(), size.height())
        area.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._known is None)
        painter.drawImage(area, image)
        if self._known is not None:
            veil = _veil(self._known[self._frame], QColor(tokens_for(self.palette()).canvas))
            painter.drawImage(area, veil)

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + SPACE_XS


def _veil(known: NDArray[np.bool_], colour: QColor) -> QImage:
    """What is not made yet, in the colour of the canvas."""
    pixels = np.zeros((*known.shape, 4), np.uint8)
    pixels[~known] = (colour.red(), colour.green(), colour.blue(), 255)
    height, width = known.shape
    kind = QImage.Format.Format_RGBA8888
    return QImage(pixels.tobytes(), width, height, 4 * width, kind).copy()
