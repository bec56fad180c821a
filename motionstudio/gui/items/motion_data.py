"""The numbers that matrix and curves show: values, what the model encoded, and their states."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.keys import NO_KEYS, KeySet
from motionstudio.core.motion import plain_dim_name
from motionstudio.core.statistics import kl_to_standard

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
        spread: (D,) float32 standard deviation over time of ``original``.
        dropped: (R,) True where the frame is withheld from the model.
        keys: values pinned to frames.
        muted: dimensions that count as zero in pictures.
        row_names: R names of rows that are no frames, else empty.
        read_only: why nothing can be changed at all, one sentence; empty where it can. All rows
            are locked then.
    """

    values: Matrix
    original: Matrix
    std: Matrix | None
    filled: Mask
    locked: Mask
    names: tuple[str, ...]
    times: NDArray[np.float64]
    spread: Matrix
    dropped: Mask
    keys: KeySet = NO_KEYS
    muted: tuple[int, ...] = ()
    row_names: tuple[str, ...] = ()
    read_only: str = ""

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
    def activity(self) -> NDArray[np.float64]:
        """(D,) nats: how much each dimension says beyond the prior, locked rows aside.

        The mean over time of the divergence of the posterior from a standard normal; without a
        posterior the mean square of the values.
        """
        rows = ~self.locked | bool(self.read_only)
        if not rows.any():
            return np.zeros(self.dims)
        mean = self.original[rows].astype(np.float64)
        if self.std is None:
            return np.asarray((0.5 * mean**2).mean(0), np.float64)
        return np.asarray(kl_to_standard(mean, self.std[rows]).mean(0), np.float64)

    def sigma(self, row: int, dim: int) -> float:
        """The step to which Ctrl snaps: the posterior's standard deviation, else the spread."""
        if self.std is not None and self.std[row, dim] > 0:
            return float(self.std[row, dim])
        return float(self.spread[dim])

    def with_values(self, values: Matrix, original: Matrix) -> MotionData:
        """Other numbers of the same shape; names and states stay."""
        if original is self.original:
            return replace(self, values=values)
        return replace(self, values=values, original=original, spread=spread_of(original))

    def row_name(self, row: int) -> str:
        """``Frame 12 of 0-31``, or what else a row stands for."""
        if row < len(self.row_names):
            return self.row_names[row].capitalize()
        return f"Frame {row} of 0-{self.frames - 1}"

    def describe(self, row: int, dim: int) -> str:
        """One line: ``Frame 12 of 0-31 · 0.480 s · dropped · z3 = −0.41, edited · …``."""
        value, original = float(self.values[row, dim]), float(self.original[row, dim])
        parts = [self.row_name(row), f"{self.times[row]:.3f} s"]
        if self.dropped[row]:
            parts.append("dropped")
        states = [f"{self.names[dim]} = {signed(value)}"]
        if value != original:
            states.append("edited")
        if self.keys.at(row, dim) is not None:
            states.append("keyed")
        if dim in self.muted:
            states.append("muted")
        parts.append(", ".join(states))
        if value != original:
            parts.append(f"encoded {signed(original)}")
        if self.std is not None and (self.read_only or not self.locked[row]):
            parts.append(f"± {float(self.std[row, dim]):.2f}")
        if self.filled[row]:
            parts.append("filled in by the model")
        if self.read_only:
            parts.append(self.read_only)
        elif self.locked[row]:
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
        spread=spread_of(original),
        dropped=none,
    )


def spread_of(original: Matrix) -> Matrix:
    """(D,) standard deviation over time."""
    if not len(original):
        return np.zeros(original.shape[1], np.float32)
    return np.asarray(original.std(axis=0), np.float32)


def plain_names(dims: int) -> tuple[str, ...]:
    """``z0`` … for D dimensions that nobody named."""
    return tuple(plain_dim_name(dim) for dim in range(dims))


def signed(value: float) -> str:
    """Two decimals, a true minus sign, and a sign for positive numbers too."""
    return f"{value:+.2f}".replace("-", "−")
