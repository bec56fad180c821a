"""Pixel grids, random textures and sampling: what every generator paints with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def pixel_grid(height: int, width: int) -> tuple[Float, Float]:
    """Coordinates x (1, W) and y (H, 1) float32 of the pixel centres."""
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    return x, y


def bilinear(image: Float, x: Float, y: Float) -> Float:
    """Values of ``image`` at real positions, the border repeated outside.

    Args:
        image: (H, W) or (H, W, C) float32.
        x: (...) float32 columns.
        y: (...) float32 rows, the shape of ``x``.

    Returns:
        (...) or (..., C) float32.
    """
    height, width = image.shape[:2]
    flat = image.reshape(height * width, *image.shape[2:])
    x = np.clip(x, 0.0, width - 1.001)
    y = np.clip(y, 0.0, height - 1.001)
    left = x.astype(np.intp)
    top = y.astype(np.intp)
    fx = x - left.astype(np.float32)
    fy = y - top.astype(np.float32)
    if image.ndim == 3:
        fx, fy = fx[..., None], fy[..., None]
    index = top * width + left
    a: Float = flat.take(index, axis=0)
    a += fx * (flat.take(index + 1, axis=0) - a)
    index += width
    b = flat.take(index, axis=0)
    b += fx * (flat.take(index + 1, axis=0) - b)
    b -= a
    b *= fy
    a += b
    return a


def warp(image: Float, displacement: Float) -> Float:
    """``image`` (C, H, W) sampled at p + ``displacement`` (2, H, W): (C, H, W) float32."""
    x, y = pixel_grid(image.shape[1], image.shape[2])
    planes = np.ascontiguousarray(image.transpose(1, 2, 0))
    values = bilinear(planes, x + displacement[0], y + displacement[1])
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def texture_pair(size: int, scale: float, rng: np.random.Generator) -> tuple[Float, Float]:
    """Two independent smooth periodic random fields (size, size), mean 0, deviation 1.

    Args:
        size: side in pixels.
        scale: correlation length in pixels.
        rng: where the randomness comes from.
    """
    frequency = np.fft.fftfreq(size).astype(np.float32)
    power = frequency[:, None] ** 2 + frequency[None, :] ** 2
    envelope = np.exp(-0.5 * power * np.float32(2.0 * np.pi * scale) ** 2)
    envelope[0, 0] = 0.0
    white = rng.standard_normal((2, size, size), dtype=np.float32)
    field = np.fft.ifft2((white[0] + 1j * white[1]) * envelope)
    norm = 1.0 / max(float(np.sqrt(np.mean(np.abs(field) ** 2) / 2.0)), 1e-12)
    return (field.real * norm).astype(np.float32), (field.imag * norm).astype(np.float32)


def coverage(signed_distance: Float, softness: float = 1.0) -> Float:
    """How much of a pixel lies inside: 1 at -softness/2 and less, 0 at +softness/2 and more."""
    cover: Float = np.clip(0.5 - signed_distance / np.float32(softness), 0.0, 1.0)
    return cover.astype(np.float32, copy=False)


def over(canvas: Float, cover: Float, value: Float | np.float32 | float) -> None:
    """Paint ``value`` over ``canvas`` in place with ``cover`` in [0, 1]."""
    canvas += cover * (value - canvas)
