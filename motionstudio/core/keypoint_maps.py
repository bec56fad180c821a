"""Maps of a keypoint model as pictures with transparency: one colour for each keypoint.

What models give, over their square: ``heat maps`` (K, h, w), 1 at the peak; ``masks``
(K + 1, h, w), shares of the background's and each keypoint's motion; ``sparse motions``
(K + 1, C, h, w), the source moved by each; ``occlusion`` (1, h, w), 1 where the source can be
seen; ``deformed`` (C, h, w); ``surprise`` (1, h, w), nats that each pixel of the true frame cost;
``saliency`` (1, h, w) in [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core import display, dynamics_maps, memory_maps

Float = NDArray[np.float32]
Veil = NDArray[np.uint8]
"""(h, w, 4) uint8 RGBA, not premultiplied."""

# matplotlib's gist_rainbow, which the paper's figures use: from rose over the hues to magenta.
_FIRST_HUE, _LAST_HUE = -0.027, 0.875
_TILE, _GAP = 96, 3
_DARK = 0.45
_SURPRISED, _STARTLING = (255, 78, 58), 3.0


def keypoint_colours(count: int) -> NDArray[np.uint8]:
    """(K, 3) colours of keypoints, told apart as well as hues can be."""
    share = np.arange(count) / max(count, 1)
    hue = (_FIRST_HUE + share * (_LAST_HUE - _FIRST_HUE)) % 1.0
    hsv = np.stack([hue * 180, np.full(count, 255.0), np.full(count, 255.0)], -1)
    wheel = cv2.cvtColor(np.rint(hsv).astype(np.uint8)[np.newaxis], cv2.COLOR_HSV2RGB)
    return np.asarray(wheel[0], np.uint8).reshape(count, 3)


def veil_of(name: str, maps: Mapping[str, Float], aspect: float = 1.0) -> Veil | None:
    """What is laid over the picture for the map ``name``; None where it is not among ``maps``.

    ``aspect``: width over height of the room for a contact sheet.
    """
    found = maps.get(name)
    if found is None:
        return None
    if name in memory_maps.NAMES:
        return memory_maps.memory_veil(name, found, aspect)
    if name in dynamics_maps.NAMES:
        return dynamics_maps.veil_of_dynamics(name, found, aspect)
    if name == "heat maps":
        return tinted(found)
    if name == "masks":
        return tinted(found[1:])
    if name == "surprise":
        return surprising(found[0])
    if name == "saliency":
        return surprising(_STARTLING * found[0])
    if name == "sparse motions":
        return contact_sheet(found, maps["masks"], aspect)
    if name == "occlusion":
        return solid(display.colourise(found[0], display.sequential(), 0.0, 1.0))
    return solid(as_picture(found))


def surprising(nats: Float) -> Veil:
    """(h, w) nats of each pixel, clear at 0 or where they are not known, red from 3 on."""
    veil = np.empty((*nats.shape, 4), np.uint8)
    veil[..., :3] = _SURPRISED
    veil[..., 3] = np.rint(255 * np.clip(np.nan_to_num(nats) / _STARTLING, 0, 1))
    return veil


def tinted(maps: Float) -> Veil:
    """(K, h, w) maps in [0, 1], each in its keypoint's colour; clear where all are 0."""
    colours = keypoint_colours(len(maps)).astype(np.float32)
    weights = np.clip(maps, 0, 1).astype(np.float32)
    total = weights.sum(0)
    mixed = np.tensordot(weights, colours, ((0,), (0,))) / np.maximum(total, 1e-6)[..., np.newaxis]
    alpha = 255 * np.minimum(total, 1.0)
    veil: Veil = np.rint(np.concatenate([mixed, alpha[..., np.newaxis]], -1)).astype(np.uint8)
    return veil


def contact_sheet(motions: Float, masks: Float, aspect: float = 1.0) -> Veil:
    """One tile for each motion: the source moved by it, tinted and bright where its mask counts.

    The first tile is the background, the others are numbered as keypoints are.

    Args:
        motions: (K + 1, C, h, w) in [0, 1].
        masks: (K + 1, h, w).
        aspect: width over height of the room that it is to fill.
    """
    count = len(motions)
    white = np.full((1, 3), 255, np.uint8)
    colours = np.concatenate([white, keypoint_colours(count - 1)])
    columns = min(count, max(1, round(float(np.sqrt(count * aspect)))))
    rows = int(np.ceil(count / columns))
    sheet = np.zeros((rows * (_TILE + _GAP) + _GAP, columns * (_TILE + _GAP) + _GAP, 4), np.uint8)
    sheet[..., 3] = 255
    for number in range(count):
        top, left = (_GAP + place * (_TILE + _GAP) for place in divmod(number, columns))
        name = "bg" if number == 0 else f"kp{number - 1}"
        tile = _tile(as_picture(motions[number]), masks[number], colours[number], name)
        sheet[top : top + _TILE, left : left + _TILE, :3] = tile
    return sheet


def solid(picture: NDArray[np.uint8]) -> Veil:
    """(h, w, 3) without transparency."""
    alpha = np.full((*picture.shape[:2], 1), 255, np.uint8)
    return np.concatenate([picture, alpha], -1)


def as_picture(planes: Float) -> NDArray[np.uint8]:
    """(C, h, w) in [0, 1] as (h, w, 3) uint8."""
    levels = np.rint(np.clip(np.moveaxis(planes, 0, -1), 0, 1) * 255).astype(np.uint8)
    return display.to_rgb(np.ascontiguousarray(levels))


def _tile(
    picture: NDArray[np.uint8], mask: Float, colour: NDArray[np.uint8], name: str
) -> NDArray[np.uint8]:
    large = cv2.resize(picture, (_TILE, _TILE), interpolation=cv2.INTER_LINEAR)
    share = cv2.resize(np.asarray(mask, np.float32), (_TILE, _TILE))[..., np.newaxis]
    share = np.clip(share, 0, 1)
    shown = np.asarray(large, np.float32) * (_DARK + (1 - _DARK) * share)
    shown = shown * (1 - 0.5 * share) + 0.5 * share * colour.astype(np.float32)
    tile = np.ascontiguousarray(np.rint(shown).astype(np.uint8))
    ink = tuple(int(level) for level in colour)
    cv2.rectangle(tile, (0, 0), (_TILE - 1, _TILE - 1), ink, 2)
    for shade, width in (((0, 0, 0), 4), (ink, 2)):
        cv2.putText(tile, name, (6, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, shade, width, cv2.LINE_AA)
    return tile
