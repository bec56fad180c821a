"""What leads Visual Dynamics from one picture to the next, as pictures with transparency.

What models give: ``difference image`` (C, S, S), what is added to the picture, intensities;
``kernels`` (scales, M, K, K); ``features before`` and ``features after`` (scales, M, S, S), the
maps of the picture before and after its kernels. The largest scale comes first.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core import display

Float = NDArray[np.float32]
Veil = NDArray[np.uint8]
"""(h, w, 4) uint8 RGBA, not premultiplied."""
Tiles = NDArray[np.uint8]

SHEETS = frozenset(("kernels", "features before", "features after"))
"""Maps that are contact sheets: they lie nowhere in particular in the picture."""
NAMES = SHEETS | {"difference image"}
"""Maps that this module draws."""

_FULL = 0.4
_TILE, _GAP = 64, 4
_DARK = (28, 28, 30)
_INK, _RIM = (20, 20, 20), (255, 255, 255)
_SHORTEST = 0.05


def veil_of_dynamics(name: str, found: Float, aspect: float = 1.0) -> Veil:
    """The map ``name`` of ``NAMES``; ``aspect``: width over height of the room of a sheet."""
    if name == "difference image":
        return difference_veil(found)
    if name == "kernels":
        return kernel_sheet(found, aspect)
    return feature_sheet(found, aspect)


def difference_veil(difference: Float) -> Veil:
    """(h, w, 4): red where the picture becomes brighter, blue where darker, clear where neither.

    Args:
        difference: (C, h, w); the mean over channels gives the sign, the largest the strength.
    """
    strongest = np.abs(difference).max(0)
    mean = difference.mean(0)
    loudest = np.take_along_axis(difference, np.abs(difference).argmax(0)[None], 0)[0]
    signed = np.where(np.abs(mean) > strongest / 8, mean, loudest)
    colours = display.colourise(np.sign(signed), display.diverging(), -1.0, 1.0)
    alpha = np.rint(255 * np.clip(strongest / _FULL, 0, 1)).astype(np.uint8)
    return np.concatenate([colours, alpha[..., None]], -1)


def caused(kernel: Float) -> tuple[float, float]:
    """(dx, dy) in its pixels by which a kernel (K, K) moves what it is laid over.

    A cross-correlation with weight at an offset brings what lies there to the middle, so the
    picture goes the other way. Only positive weights count; (0, 0) where there are none.
    """
    weight = np.clip(kernel, 0, None)
    total = float(weight.sum())
    if total <= 0:
        return 0.0, 0.0
    half = kernel.shape[0] // 2
    rows, columns = np.indices(kernel.shape) - half
    return -float((weight * columns).sum()) / total, -float((weight * rows).sum()) / total


def kernel_sheet(kernels: Float, aspect: float = 1.0) -> Veil:
    """Rows for each scale, a tile for each kernel, an arrow by what it moves its map.

    Blue is negative, red positive, each scale by its own largest weight.

    Args:
        kernels: (scales, M, K, K).
        aspect: width over height of the room that it is to fill.
    """
    table = display.diverging()

    def tile(scale: int, number: int) -> Tiles:
        limit = max(float(np.abs(kernels[scale]).max()), 1e-6)
        kernel = kernels[scale, number]
        made = _enlarged(display.colourise(kernel, table, -limit, limit), cv2.INTER_NEAREST)
        return _with_arrow(made, caused(kernel), kernel.shape[0])

    scales, count = kernels.shape[:2]
    return _sheet(scales, count, _columns(scales, count, aspect), tile)


def feature_sheet(maps: Float, aspect: float = 1.0) -> Veil:
    """A tile for each map, dark 0 and bright the largest value of its scale.

    Args:
        maps: (scales, M, h, w), not negative before the kernels.
        aspect: width over height of the room that it is to fill.
    """
    table = display.sequential()
    scales, count = maps.shape[:2]

    def tile(scale: int, number: int) -> Tiles:
        values = maps[scale]
        low, high = min(float(values.min()), 0.0), max(float(values.max()), 1e-6)
        return _enlarged(display.colourise(values[number], table, low, high), cv2.INTER_NEAREST)

    return _sheet(scales, count, _columns(scales, count, aspect), tile)


def _columns(scales: int, count: int, aspect: float) -> int:
    """Tiles side by side that fill the room best, each scale beginning a line of its own."""
    sizes = {c: min(aspect / c, 1 / (scales * -(-count // c))) for c in range(1, count + 1)}
    return max(sizes, key=lambda c: (sizes[c], -c))


def _sheet(scales: int, count: int, columns: int, tile: Callable[[int, int], Tiles]) -> Veil:
    lines = -(-count // columns)
    height, width = scales * lines * (_TILE + _GAP) + _GAP, columns * (_TILE + _GAP) + _GAP
    sheet = np.full((height, width, 4), (*_DARK, 255), np.uint8)
    for scale in range(scales):
        for number in range(count):
            line, column = divmod(number, columns)
            top = _GAP + (scale * lines + line) * (_TILE + _GAP)
            left = _GAP + column * (_TILE + _GAP)
            sheet[top : top + _TILE, left : left + _TILE, :3] = tile(scale, number)
    return sheet


def _enlarged(picture: Tiles, how: int) -> Tiles:
    large = cv2.resize(np.ascontiguousarray(picture), (_TILE, _TILE), interpolation=how)
    return np.asarray(large, np.uint8)


def _with_arrow(tile: Tiles, step: tuple[float, float], side: int) -> Tiles:
    if max(abs(step[0]), abs(step[1])) < _SHORTEST:
        return tile
    middle, scale = _TILE // 2, _TILE / side
    tip = (round(middle + step[0] * scale), round(middle + step[1] * scale))
    for ink, width in ((_RIM, 5), (_INK, 2)):
        cv2.arrowedLine(tile, (middle, middle), tip, ink, width, cv2.LINE_AA, tipLength=0.35)
    return tile
