"""Arrays of pixels as pictures of Qt."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


def to_image(picture: NDArray[np.uint8]) -> QImage:
    """(H, W, 1|3) uint8 as a picture of its own memory."""
    height, width, channels = picture.shape
    data: Any = np.ascontiguousarray(picture)
    grey, colour = QImage.Format.Format_Grayscale8, QImage.Format.Format_RGB888
    form = grey if channels == 1 else colour
    return QImage(data.data, width, height, width * channels, form).copy()
