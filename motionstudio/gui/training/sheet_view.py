"""The picture of a watched clip: its frames above, what the weights make of them below."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.gui.theme.apply import tokens_for

_TALLEST = 0.7
"""Height over width."""


class SheetView(QWidget):
    """A picture as large as its room, never squeezed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._path: Path | None = None
        self.setAccessibleName("Watched clip: frames above, made again below")
        self.setMinimumHeight(72)

    @property
    def image(self) -> QImage:
        """What is shown."""
        return self._image

    def set_path(self, path: Path | None) -> None:
        """Show a picture file, or nothing."""
        if path == self._path and not self._image.isNull():
            return
        self._path = path
        self._image = QImage() if path is None else QImage(str(path))
        self.updateGeometry()
        self.update()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        if self._image.isNull():
            return self.minimumHeight()
        # A single picture and what is made of it stand upright: the curves need their room.
        return round(width * min(_TALLEST, self._image.height() / self._image.width()))

    @override
    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(300))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens_for(self.palette()).canvas)
        if not self._image.isNull():
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left = (self.width() - size.width()) / 2
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(left, 0, size.width(), size.height()), self._image)
        painter.end()
