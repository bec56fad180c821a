"""From what a model decodes to a picture at the source's own resolution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Decoded, Float
from motionstudio.core.picture import Box, Transform, as_shown, convert_channels
from motionstudio.core.rendering import HARD, Rendering, join, map_to_native, soft_mask
from motionstudio.core.warp import resize_field, warp
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.gallery import Painted
from motionstudio.engine.requests import Picture

Image = NDArray[np.uint8]

# cv2.remap counts pixels of 8-bit pictures in 16-bit integers.
_SHORT_LIMIT = 2**15 - 2


def half(size: tuple[int, int]) -> tuple[int, int]:
    """(ceil(H / 2), ceil(W / 2))."""
    return (size[0] + 1) // 2, (size[1] + 1) // 2


class Painter:
    """Bends sources, or pastes frames, with the sources kept ready.

    Args:
        limit: bytes of ready sources kept.
    """

    def __init__(self, limit: int) -> None:
        self._ready: ByteCache[tuple[str, Transform, tuple[int, int]], Image] = ByteCache(limit)

    def paint(
        self,
        decoded: Decoded,
        source: Picture,
        transform: Transform,
        *,
        size: tuple[int, int] | None = None,
        fields: bool = True,
        inverse: bool = False,
        rendering: Rendering = HARD,
    ) -> Painted:
        """One picture.

        Args:
            decoded: of one row (n = 1).
            source: the picture that is animated.
            transform: of that picture.
            size: (H, W) of the result, or None for the source's own.
            fields: hand the displacement out as well.
            inverse: hand the inverse out as well.
            rendering: how the picture is made where the model draws it itself.

        Raises:
            ValueError: ``decoded`` holds neither a displacement nor a frame.
        """
        base = self._base(source, transform, size or transform.frame_size)
        u = _field(decoded.displacement, transform, base.shape[:2])
        if decoded.frames is not None:
            pasted = _paste(decoded.frames[0], base, source, transform)
            picture = _joined(decoded, base, pasted, u, transform, rendering, warp)
        elif u is not None:
            picture = warp(base, u)
        else:
            raise ValueError("Painter.paint: expected a displacement or a frame, got neither")
        back = _field(decoded.inverse, transform, base.shape[:2]) if inverse else None
        return Painted(picture, u if fields else None, back, _overlays(decoded))

    def preview(
        self,
        decoded: Decoded,
        source: Picture,
        transform: Transform,
        rendering: Rendering = HARD,
    ) -> Painted:
        """One picture at half the size, with all its fields, for a fourth of the work."""
        size = half(transform.frame_size)
        base = self._base(source, transform, size)
        reduced = _reduced(transform, size)
        small = Picture(source.key, base)
        u = _field(decoded.displacement, reduced, size)
        back = _field(decoded.inverse, reduced, size)
        if decoded.frames is not None:
            pasted = _paste(decoded.frames[0], base, small, reduced)
            made = _joined(decoded, base, pasted, u, reduced, rendering, _warp_quickly)
            return Painted(made, u, back, _overlays(decoded))
        if u is None:
            raise ValueError("Painter.preview: expected a displacement or a frame, got neither")
        return Painted(_warp_quickly(base, u), u, back, _overlays(decoded))

    def clear(self) -> None:
        """Forget the ready sources."""
        self._ready.clear()

    def _base(self, source: Picture, transform: Transform, size: tuple[int, int]) -> Image:
        key = (source.key, transform, size)
        base = self._ready.get(key)
        if base is None:
            base = _resized(as_shown(source.frame, transform.range), size)
            self._ready.put(key, base, base.nbytes)
        return base


def _overlays(decoded: Decoded) -> dict[str, NDArray[np.generic]]:
    return {name: array[0] for name, array in decoded.overlays.items()}


def _joined(
    decoded: Decoded,
    base: Image,
    pasted: Image,
    u: Float | None,
    transform: Transform,
    rendering: Rendering,
    bend: Callable[[Image, Float], Image],
) -> Image:
    """What the model draws, or the source moved by its field, softly joined to the source."""
    made, shown = pasted, _reduced(transform, (base.shape[0], base.shape[1]))
    if rendering.by == "field" and u is not None:
        made = bend(base, u)
        hidden = decoded.overlays.get("occlusion") if rendering.fill else None
        if hidden is not None:
            plane = np.asarray(hidden, np.float32).reshape(hidden.shape[-2:])
            made = join(pasted, made, map_to_native(plane, shown))
    elif not rendering.feather:
        return pasted
    return join(base, made, soft_mask(shown, rendering.feather))


def _field(u: Float | None, transform: Transform, size: tuple[int, int]) -> Float | None:
    """(1, 2, h, w) model pixels as (2, *size) pixels of the result."""
    if u is None:
        return None
    native = transform.field_to_native(u)[0]
    return native if native.shape[1:] == size else resize_field(native, *size)


def _warp_quickly(picture: Image, u: Float) -> Image:
    """Like ``core.warp.warp`` to a 32nd of a pixel, at a fraction of its cost."""
    if max(picture.shape[:2]) >= _SHORT_LIMIT:
        return warp(picture, u)
    x = u[0] + np.arange(picture.shape[1], dtype=np.float32)
    y = u[1] + np.arange(picture.shape[0], dtype=np.float32)[:, np.newaxis]
    bent = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.uint8).reshape(picture.shape)


def _resized(picture: Image, size: tuple[int, int]) -> Image:
    if picture.shape[:2] == size:
        return picture
    shrinking = size[0] < picture.shape[0] or size[1] < picture.shape[1]
    how = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    resized = np.asarray(cv2.resize(picture, (size[1], size[0]), interpolation=how), np.uint8)
    return resized.reshape(*size, picture.shape[2])


def _paste(frame: Float, base: Image, source: Picture, transform: Transform) -> Image:
    """A model's (C, h, w) frame where the model saw the source; the source around it."""
    unit = np.moveaxis(_unpadded(frame, transform), 0, -1)
    seen = convert_channels(unit, base.shape[2])
    if source.frame.dtype == np.uint8:
        low, high = transform.range
        seen = (low + seen * (high - low)) / 255
    pixels = np.rint(seen.clip(0, 1) * 255).astype(np.uint8)
    shown = _reduced(transform, (base.shape[0], base.shape[1]))
    return shown.paste(base, _resized(pixels, shown.crop[2:]))


def _unpadded(frame: Float, transform: Transform) -> Float:
    top, left, rows, columns = transform.content
    return frame[:, top : top + rows, left : left + columns]


def _reduced(transform: Transform, size: tuple[int, int]) -> Transform:
    """The same framing of a smaller copy of the frame, to the nearest whole pixel."""
    crop = _scaled(transform.crop, transform.frame_size, size)
    return replace(transform, frame_size=size, crop=crop)


def _scaled(box: Box, size: tuple[int, int], other: tuple[int, ...]) -> Box:
    if tuple(other) == size:
        return box
    spans: list[tuple[int, int]] = []
    for axis in (0, 1):
        factor = other[axis] / size[axis]
        start, end = round(box[axis] * factor), box[axis] + box[axis + 2]
        stop = max(round(end * factor), start + 1)
        if box[axis] >= 0 and end <= size[axis]:
            start = min(start, other[axis] - 1)
            stop = min(max(stop, start + 1), other[axis])
        spans.append((start, stop - start))
    (y, height), (x, width) = spans
    return y, x, height, width
