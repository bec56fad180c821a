"""The ghost over a viewport: what the subject would look like after a drop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import colour, outline
from motionstudio.gui.items.picture_canvas import PictureCanvas
from motionstudio.gui.items.pixel_image import to_image
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import RADIUS, SPACE_S, SPACE_XS

_OPACITY = 0.72


class GhostOverlay(QWidget):
    """Lies over a canvas, follows its zoom and lets the mouse through.

    Args:
        canvas: the viewport's surface.
    """

    def __init__(self, canvas: PictureCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._image: QImage | None = None
        self._words, self._allowed = "", True
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        canvas.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        """The caption, empty while nothing is shown."""
        return self._words if self.isVisibleTo(self._canvas) else ""

    @property
    def has_picture(self) -> bool:
        """Whether a ghost is painted, not only its caption."""
        return self._image is not None

    def show_ghost(
        self, picture: NDArray[np.uint8] | None, words: str, *, allowed: bool = True
    ) -> None:
        """Paint (H, W, 1|3) uint8 at reduced opacity, and a line of words; None: only words."""
        if picture is not None:
            self._image = to_image(picture)
        elif words != self._words:
            self._image = None
        self._words, self._allowed = words, allowed
        self.setGeometry(self._canvas.rect())
        self.show()
        self.raise_()
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._image, self._words = None, ""
        self.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), tokens_for(self.palette())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = self._canvas.picture_rect()
        if self._image is not None and not area.isEmpty():
            painter.setOpacity(_OPACITY)
            painter.drawImage(area, self._image)
            painter.setOpacity(1.0)
        hue = tokens.accent if self._allowed else tokens.warn
        outline(painter, QRectF(self.rect()), hue, 2)
        self._paint_words(painter, hue)

    def _paint_words(self, painter: QPainter, hue: str) -> None:
        tokens = tokens_for(self.palette())
        painter.setFont(font("body"))
        metrics = QFontMetricsF(painter.font())
        room = self.width() - 4 * SPACE_S
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        wanted = metrics.boundingRect(QRectF(0, 0, room, self.height()), flags, self._words)
        box = QRectF(0, 0, wanted.width() + 2 * SPACE_S, wanted.height() + 2 * SPACE_XS)
        box.moveCenter(QRectF(self.rect()).center())
        box.moveBottom(self.height() - SPACE_S)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(hue))
        painter.setBrush(colour(tokens.raised, 0.94))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.setPen(QColor(tokens.text))
        painter.drawText(box, flags, self._words)
