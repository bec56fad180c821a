"""Small pictures as PNG files in memory."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray

THUMBNAIL_SIDE = 128
"""Longest side of a thumbnail in pixels."""


def png_thumbnail(picture: NDArray[np.uint8], side: int = THUMBNAIL_SIDE) -> bytes:
    """A PNG of (H, W, 1|3) uint8, no side longer than ``side`` pixels.

    Equal pictures give equal bytes.
    """
    from PIL import Image

    image = Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    stream = BytesIO()
    image.save(stream, "PNG", optimize=False, compress_level=6)
    return stream.getvalue()
