"""Pictures made of layers that each move affinely: exact flow, occlusion and labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.fields import coverage, over, pixel_grid

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Paint = Callable[[Float, Float], tuple[Float, Sequence[Float]]]


@dataclass(frozen=True, slots=True)
class Layer:
    """Something flat that moves as a whole.

    Attributes:
        linear: (T, 2, 2) from the layer's own coordinates to pixels.
        origin: (T, 2) pixel (x, y) of its origin.
        paint: gives for own coordinates (n, H, W) the signed distance in pixels (negative
            inside) and one plane of brightness per channel, (n, H, W) or a broadcastable shape.
        label: what its pixels are called, index into the label names.
    """

    linear: Double
    origin: Double
    paint: Paint
    label: int


@dataclass(frozen=True, slots=True)
class Composition:
    """Layers rendered from back to front. Shapes as in ``Sample``; ``flow_next`` (T-1, 2, H, W)."""

    clean: Float
    displacement: Float
    inverse: Float | None
    flow_next: Float | None
    valid: NDArray[np.bool_]
    labels: NDArray[np.uint8]


def rigid(angle: Double) -> Double:
    """Rotations (T, 2, 2) by ``angle`` (T,), x to the right turning towards y down."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)


def still(count: int) -> tuple[Double, Double]:
    """Linear part and origin of a layer that does not move, for ``count`` frames."""
    return np.broadcast_to(np.eye(2), (count, 2, 2)), np.zeros((count, 2))


def black(channels: int = 1) -> Paint:
    """Nothing but black, everywhere: a background of this many planes."""

    def paint(x: Float, _y: Float) -> tuple[Float, Sequence[Float]]:
        return np.full_like(x, -np.inf), [np.zeros_like(x)] * channels

    return paint


def compose(
    layers: Sequence[Layer], size: int, channels: int, *, frames_only: bool = False
) -> Composition:
    """Render layers, the first one being a background that covers everything.

    Args:
        layers: from back to front, at most 256, with one T.
        size: side of the frames in pixels.
        channels: planes that each layer paints.
        frames_only: leave ``inverse`` and ``flow_next`` out, which is faster.
    """
    clean, top = _render(layers, size, channels)
    ahead = np.stack([layer.linear for layer in layers], 1)
    origin = np.stack([layer.origin for layer in layers], 1)
    back: Double = np.linalg.inv(ahead).astype(np.float64)
    displacement = _flow(ahead[:1], origin[:1], back, origin, top)
    inverse = following = None
    if not frames_only:
        first = np.broadcast_to(top[:1], top.shape)
        inverse = _flow(ahead, origin, back[:1], origin[:1], first)
        following = _flow(ahead[:-1], origin[:-1], back[1:], origin[1:], top[1:])
    names = np.array([layer.label for layer in layers], dtype=np.uint8)
    valid = _shown(displacement, top)
    return Composition(clean, displacement, inverse, following, valid, names[top])


def _render(layers: Sequence[Layer], size: int, channels: int) -> tuple[Float, NDArray[np.intp]]:
    count = len(layers[0].origin)
    x, y = pixel_grid(size, size)
    clean = np.zeros((channels, count, size, size), dtype=np.float32)
    top = np.zeros((count, size, size), dtype=np.intp)
    for index, layer in enumerate(layers):
        distance, colour = layer.paint(*_own(layer, x, y))
        cover = np.broadcast_to(coverage(distance), top.shape)
        for channel in range(channels):
            over(clean[channel], cover, colour[channel])
        top[cover >= 0.5] = index
    return np.ascontiguousarray(clean.transpose(1, 0, 2, 3)), top


def _own(layer: Layer, x: Float, y: Float) -> tuple[Float, Float]:
    """Coordinates of the pixels in the layer's own frame, (T, H, W) each."""
    back = np.linalg.inv(layer.linear).astype(np.float32)[:, :, :, None, None]
    dx = x - layer.origin[:, 0, None, None].astype(np.float32)
    dy = y - layer.origin[:, 1, None, None].astype(np.float32)
    return back[:, 0, 0] * dx + back[:, 0, 1] * dy, back[:, 1, 0] * dx + back[:, 1, 1] * dy


def _flow(ahead: Double, to: Double, back: Double, origin: Double, top: NDArray[np.intp]) -> Float:
    """Where each pixel's layer was or will be, minus the pixel: (T, 2, H, W).

    Args:
        ahead: (T or 1, K, 2, 2) own coordinates to pixels at the moment looked at.
        to: (T or 1, K, 2) origins there.
        back: (T or 1, K, 2, 2) pixels to own coordinates at the moment of the pixels.
        origin: (T or 1, K, 2) origins at the moment of the pixels.
        top: (T, H, W) the layer seen at each pixel.
    """
    linear = ahead @ back
    offset = to - (linear @ origin[..., None])[..., 0]
    linear = linear - np.eye(2)
    count, layers = linear.shape[:2]
    index = top + layers * np.arange(count)[:, None, None]
    x, y = pixel_grid(top.shape[1], top.shape[2])
    flow = np.empty((top.shape[0], 2, *top.shape[1:]), dtype=np.float32)
    for axis in range(2):
        a, b = linear[..., axis, 0].ravel(), linear[..., axis, 1].ravel()
        values = a.astype(np.float32)[index] * x + b.astype(np.float32)[index] * y
        flow[:, axis] = values + offset[..., axis].ravel().astype(np.float32)[index]
    return flow


def _shown(displacement: Float, top: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Where frame 0 shows, at the place looked at, the same layer: (T, H, W)."""
    height, width = top.shape[1:]
    x, y = pixel_grid(height, width)
    column = np.rint(x + displacement[:, 0]).astype(np.intp)
    row = np.rint(y + displacement[:, 1]).astype(np.intp)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    there = top[0][np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
    return np.asarray(inside & (there == top))
