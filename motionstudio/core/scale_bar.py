"""A scale bar: a round length that takes about a quarter of a picture's width."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar of ``pixels`` pixels that stands for ``text``, e.g. ``20 mm``."""

    pixels: float
    text: str


def scale_bar(width: int, spacing: tuple[float, float] | None, share: float = 0.25) -> ScaleBar:
    """The longest bar of 1, 2 or 5 times a power of ten that is no longer than a share.

    Args:
        width: of the picture, pixels.
        spacing: (row, column) mm of a pixel, or None: the bar is in pixels.
        share: of the width, in (0, 1].

    Raises:
        ValueError: ``width`` is not positive or the share is out of range.
    """
    if width < 1 or not 0 < share <= 1:
        raise ValueError(f"scale_bar: expected a width > 0 and 0 < share <= 1, got {width}")
    unit = 1.0 if spacing is None else spacing[1]
    most = width * share * unit
    power = 10.0 ** math.floor(math.log10(most) + 1e-12)
    length = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most * (1 + 1e-9))
    if spacing is None:
        length = max(1.0, length)
        return ScaleBar(length, f"{length:g} px")
    text = f"{length:g} mm" if length >= 1 else f"{length * 1000:g} µm"
    return ScaleBar(length / unit, text)
