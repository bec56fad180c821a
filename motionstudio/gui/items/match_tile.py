"""A place where a motion was found, as a small film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from motionstudio.gui.items.moving_tile import MovingTile


class MatchTile(MovingTile):
    """A ``MovingTile`` that says where it leads."""

    @override
    def set_film(self, pictures: NDArray[np.uint8] | None, caption: str) -> None:
        super().set_film(pictures, caption)
        self.setAccessibleName(f"Found motion, {caption}")
        self.setToolTip(f"{caption}\nClick to go there")
