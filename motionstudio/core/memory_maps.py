"""Maps of a model with memory as pictures: flow as hues, memory as tiles, the next frame's error.

What models give, over their square: ``flow`` (2, h, w), backward displacement in pixels from the
next frame; ``memory`` (M, g, g) in [-1, 1]; ``next frame`` (C, h, w) in [0, 1]; ``next error``
(1, h, w), predicted minus true, NaN where the truth is not known.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core import display

Float = NDArray[np.float32]
Veil = NDArray[np.uint8]
"""(h, w, 4) uint8 RGBA, not premultiplied."""

NAMES = ("flow", "memory", "next frame", "next error")
SHEETS = ("memory",)
"""Those that lie nowhere in particular."""

_FASTEST = 3.0
_ERROR = 0.5
_TILE, _GAP = 64, 3
_FRAME = (70, 74, 82)


def flow_veil(flow: Float) -> Veil:
    """Hue for where material goes, clear where it rests, full from 3 pixels a frame on."""
    # Backward flow says where material comes from: it goes the other way.
    dx, dy = -flow[0], -flow[1]
    wheel = display.hue_wheel()
    turn = np.arctan2(dy, dx) / (2 * np.pi) % 1.0
    veil = np.empty((*dx.shape, 4), np.uint8)
    veil[..., :3] = wheel[np.floor(turn * len(wheel)).astype(int) % len(wheel)]
    veil[..., 3] = np.rint(255 * np.clip(np.hypot(dx, dy) / _FASTEST, 0, 1))
    return veil


def error_veil(error: Float) -> Veil:
    """Red where too bright, blue where too dark, full from half the range on; grey: not known."""
    signed = error[0]
    veil = np.full((*signed.shape, 4), 128, np.uint8)
    known = np.isfinite(signed)
    shown = np.nan_to_num(signed)
    veil[known, :3] = np.where((shown > 0)[..., None], (242, 92, 74), (84, 150, 255))[known]
    veil[known, 3] = np.rint(255 * np.clip(np.abs(shown) / _ERROR, 0, 1))[known]
    return veil


def memory_sheet(memory: Float, aspect: float = 1.0) -> Veil:
    """One tile for each channel: red above 0, blue below; ``aspect``: width over height of it."""
    count = len(memory)
    columns = min(count, max(1, round(float(np.sqrt(count * aspect)))))
    rows = -(-count // columns)
    table = display.diverging((20, 22, 26))
    sheet = np.empty((rows * (_TILE + _GAP) + _GAP, columns * (_TILE + _GAP) + _GAP, 4), np.uint8)
    sheet[..., :3], sheet[..., 3] = _FRAME, 255
    for number, channel in enumerate(memory):
        top, left = (_GAP + place * (_TILE + _GAP) for place in divmod(number, columns))
        picture = display.colourise(channel, table, -1.0, 1.0)
        tile = cv2.resize(picture, (_TILE, _TILE), interpolation=cv2.INTER_NEAREST)
        sheet[top : top + _TILE, left : left + _TILE, :3] = tile
    return sheet


def memory_veil(name: str, found: Float, aspect: float = 1.0) -> Veil:
    """What is laid over the picture for a map of ``NAMES``.

    Raises:
        ValueError: another name.
    """
    if name == "flow":
        return flow_veil(found)
    if name == "memory":
        return memory_sheet(found, aspect)
    if name == "next error":
        return error_veil(found)
    if name == "next frame":
        return _solid(found)
    raise ValueError(f"memory_veil: expected one of {NAMES}, got {name!r}")


def _solid(planes: Float) -> Veil:
    levels = np.rint(np.clip(np.moveaxis(planes, 0, -1), 0, 1) * 255).astype(np.uint8)
    picture = display.to_rgb(np.ascontiguousarray(levels))
    return np.concatenate([picture, np.full((*picture.shape[:2], 1), 255, np.uint8)], -1)
