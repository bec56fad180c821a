"""Several small pictures as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def mosaic(
    tiles: Sequence[Image | None], across: int, up: int, aspect: float = 0.0
) -> Image | None:
    """Tiles line by line as one RGBA picture; what is missing is transparent.

    Args:
        tiles: across * up pictures (h, w, 1|3) uint8 of one size, or None.
        across: how many beside each other.
        up: how many above each other.
        aspect: width / height of the room for each tile; where it is not that of the tiles,
            transparent margins keep them from being squeezed. 0: that of the tiles.

    Returns:
        (up * H, across * W, 4) uint8, or None where there is no tile yet.

    Raises:
        ValueError: another number of tiles, or sizes that differ.
    """
    if len(tiles) != across * up:
        raise ValueError(f"mosaic: expected {across * up} tiles, got {len(tiles)}")
    known = [tile for tile in tiles if tile is not None]
    if not known:
        return None
    height, width = known[0].shape[:2]
    tall, wide = height, width
    if aspect > width / height:
        wide = max(width, round(height * aspect))
    elif aspect > 0:
        tall = max(height, round(width / aspect))
    y, x = (tall - height) // 2, (wide - width) // 2
    whole = np.zeros((up, tall, across, wide, 4), np.uint8)
    for place, tile in enumerate(tiles):
        if tile is None:
            continue
        if tile.shape[:2] != (height, width):
            raise ValueError(f"mosaic: expected tiles of {(height, width)}, got {tile.shape[:2]}")
        line, column = divmod(place, across)
        whole[line, y : y + height, column, x : x + width, :3] = tile
        whole[line, y : y + height, column, x : x + width, 3] = 255
    return whole.reshape(up * tall, across * wide, 4)
