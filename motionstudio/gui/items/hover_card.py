"""A small card beside the pointer: a picture and a line of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPalette, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from motionstudio.gui.items.picture_strip import as_image
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_M, SPACE_XS

_SIDE = 96


class HoverCard(QFrame):
    """Never takes the mouse; keeps inside its parent and away from the pointer.

    Args:
        parent: what it floats over.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.ToolTipBase)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._picture = QLabel()
        self._picture.setFixedSize(_SIDE, _SIDE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words = QLabel()
        self._words.setFont(font("caption", tabular=True))
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XS, SPACE_XS, SPACE_XS, SPACE_XS)
        column.setSpacing(SPACE_XS)
        column.addWidget(self._picture)
        column.addWidget(self._words)
        self.hide()

    @property
    def words(self) -> str:
        """The line under the picture."""
        return self._words.text()

    def show_at(
        self, pixel: QPoint, words: str, picture: NDArray[np.uint8] | None, *, keep: bool = False
    ) -> None:
        """Show beside ``pixel`` of the parent.

        Args:
            pixel: of the parent.
            words: under the picture.
            picture: (h, w, C) uint8, or None while it is being made.
            keep: whether the picture before stays until the next one is there.
        """
        self._words.setText(words)
        if picture is not None:
            self.set_picture(picture)
        elif not keep:
            self._picture.clear()
        self.adjustSize()
        room, size = self._over.size(), self.sizeHint()
        x = pixel.x() + SPACE_M
        if x + size.width() > room.width():
            x = pixel.x() - SPACE_M - size.width()
        y = min(max(0, pixel.y() - size.height() // 2), max(0, room.height() - size.height()))
        self.move(max(0, x), y)
        self.show()
        self.raise_()

    def set_picture(self, picture: NDArray[np.uint8]) -> None:
        """The picture is ready."""
        image = QPixmap.fromImage(as_image(picture))
        self._picture.setPixmap(
            image.scaled(
                QSize(_SIDE, _SIDE),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
