"""One palette for a whole animation: no flicker between frames, no colours wasted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from motionstudio.io.sequence import Sequence

_COLOURS = 256
_LOOKED_AT = 24
_SAMPLE = 96


def shared_palette(pictures: Sequence) -> Image.Image | None:
    """A picture whose palette suits all frames; None where grey levels are exact anyway.

    Up to 24 frames, spread over the whole, are looked at; every one of their pixels would
    outweigh what little the rest could add.
    """
    height, width, channels = pictures.shape
    if channels == 1:
        return None
    step = max(1, max(height, width) // _SAMPLE)
    chosen = np.unique(np.linspace(0, len(pictures) - 1, _LOOKED_AT).astype(int))
    samples = [pictures[int(index)][::step, ::step] for index in chosen]
    together = Image.fromarray(np.concatenate(samples, axis=0))
    return together.quantize(_COLOURS, Image.Quantize.MEDIANCUT, kmeans=3)


def in_palette(picture: NDArray[np.uint8], palette: Image.Image) -> Image.Image:
    """(H, W, 3) in the colours of ``palette``: exact where it has them all, else dithered."""
    image = Image.fromarray(picture)
    plain = image.quantize(palette=palette, dither=Image.Dither.NONE)
    if np.array_equal(np.asarray(plain.convert("RGB")), picture):
        return plain
    return image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
