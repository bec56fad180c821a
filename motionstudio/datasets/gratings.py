"""Sums of cosine waves: textures without borders, defined at every real position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Gratings:
    """Waves in own coordinates: wave vectors (n, 2) in radians per pixel, phases (n,)."""

    waves: tuple[tuple[float, float, float], ...]
    mean: float
    contrast: float

    def __call__(self, x: Float, y: Float) -> Float:
        """Brightness in [mean - contrast, mean + contrast] at (x, y)."""
        total = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=np.float32)
        for kx, ky, phase in self.waves:
            total += np.cos(np.float32(kx) * x + np.float32(ky) * y + np.float32(phase))
        return np.float32(self.mean) + total * np.float32(self.contrast / len(self.waves))


def draw_gratings(
    rng: np.random.Generator,
    count: int,
    wavelength: tuple[float, float],
    mean: float,
    contrast: float,
) -> Gratings:
    """``count`` waves with random directions and wavelengths in pixels."""
    direction = rng.uniform(-np.pi, np.pi, count)
    number = 2.0 * np.pi / rng.uniform(*wavelength, count)
    phase = rng.uniform(-np.pi, np.pi, count)
    waves = np.stack([number * np.cos(direction), number * np.sin(direction), phase], 1)
    return Gratings(tuple((float(a), float(b), float(c)) for a, b, c in waves), mean, contrast)
