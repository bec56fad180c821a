"""The numbers that matrix and curves show: values, what the model encoded, and their states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import plain_dim_name

Matrix = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MotionData:
    """A latent motion matrix ready to be shown.

    Attributes:
        values: (R, D) float32 as edited.
        original: (R, D) float32 as encoded.
        std: (R, D) float32 posterior standard deviation, or None.
        filled: (R,) True where the model filled the frame in.
        locked: (R,) True where values cannot change: the reference.
        names: D names of dimensions.
        times: (R,) float64 seconds.
    """

    values: Matrix
    original: Matrix
    std: Matrix | None
    filled: Mask
    locked: Mask
    names: tuple[str, ...]
    times: NDArray[np.float64]

    @property
    def frames(self) -> int:
        """R."""
        return int(self.values.shape[0])

    @property
    def dims(self) -> int:
        """D."""
        return int(self.values.shape[1])

    @property
    def edited(self) -> Mask:
        """(R, D) True where a value is not the encoded one."""
        return np.asarray(self.values != self.original, np.bool_)

    @property
    def spread(self) -> NDArray[np.float32]:
        """(D,) standard deviation over time of what was encoded."""
        if not self.frames:
            return np.zeros(self.dims, np.float32)
        return np.asarray(self.original.std(axis=0), np.float32)

    def describe(self, row: int, dim: int) -> str:
        """One line for the status bar: ``frame 12 of 32 · 0.48 s · z3 = −0.41 …``."""
        value, original = float(self.values[row, dim]), float(self.original[row, dim])
        parts = [f"Frame {row} of 0-{self.frames - 1}", f"{self.times[row]:.3f} s"]
        parts.append(f"{self.names[dim]} = {signed(value)}")
        if value != original:
            parts.append(f"encoded {signed(original)}")
        if self.std is not None and not self.locked[row]:
            parts.append(f"± {float(self.std[row, dim]):.2f}")
        if self.filled[row]:
            parts.append("filled in by the model")
        if self.locked[row]:
            parts.append("reference: always zero, locked")
        return " · ".join(parts)


def motion_data(values: Matrix, original: Matrix) -> MotionData:
    """Values and what was encoded, with plain names and nothing filled in or locked.

    Raises:
        ValueError: the two are not matrices of one shape.
    """
    if values.ndim != 2 or values.shape != original.shape:
        raise ValueError(
            f"expected values and original of one shape (R, D), "
            f"got {values.shape} and {original.shape}"
        )
    rows, dims = values.shape
    none = np.zeros(rows, np.bool_)
    return MotionData(
        values=values,
        original=original,
        std=None,
        filled=none,
        locked=none,
        names=plain_names(dims),
        times=np.arange(rows, dtype=np.float64),
    )


def plain_names(dims: int) -> tuple[str, ...]:
    """``z0`` … for D dimensions that nobody named."""
    return tuple(plain_dim_name(dim) for dim in range(dims))


def signed(value: float) -> str:
    """Two decimals, a true minus sign, and a sign for positive numbers too."""
    return f"{value:+.2f}".replace("-", "−")
