"""Several small pictures as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def mosaic(tiles: Sequence[Image | None], side: int) -> Image | None:
    """Tiles line by line as one RGBA picture; what is missing is transparent.

    Args:
        tiles: side * side pictures (h, w, 1|3) uint8 of one size, or None.
        side: tiles along each axis.

    Returns:
        (side * h, side * w, 4) uint8, or None where there is no tile yet.

    Raises:
        ValueError: another number of tiles, or sizes that differ.
    """
    if len(tiles) != side * side:
        raise ValueError(f"mosaic: expected {side * side} tiles, got {len(tiles)}")
    known = [tile for tile in tiles if tile is not None]
    if not known:
        return None
    height, width = known[0].shape[:2]
    whole = np.zeros((side, height, side, width, 4), np.uint8)
    for place, tile in enumerate(tiles):
        if tile is None:
            continue
        if tile.shape[:2] != (height, width):
            raise ValueError(f"mosaic: expected tiles of {(height, width)}, got {tile.shape[:2]}")
        line, column = divmod(place, side)
        whole[line, :, column, :, :3] = tile
        whole[line, :, column, :, 3] = 255
    return whole.reshape(side * height, side * width, 4)
