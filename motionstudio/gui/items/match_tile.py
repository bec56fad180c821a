"""A place where a motion was found, as a small film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.moving_tile import MovingTile

_HEIGHT = 104


class MatchTile(MovingTile):
    """A ``MovingTile`` that says where it leads."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(72, _HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_match(self, film: NDArray[np.uint8], caption: str, tip: str) -> None:
        """(n, h, w, 1|3) uint8, a few words below it, and all that is known of it."""
        self.set_film(film, caption)
        self.setAccessibleName(f"Found motion: {tip}")
        self.setToolTip(f"{tip}\nClick to go there")

    @override
    def sizeHint(self) -> QSize:
        return QSize(96, _HEIGHT)
