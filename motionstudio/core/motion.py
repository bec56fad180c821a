"""Latent motion and what is rendered from it: the values that every layer exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
OverlayName = Literal[
    "heat maps",
    "sparse motions",
    "masks",
    "occlusion",
    "deformed",
    "surprise",
    "saliency",
    "difference image",
    "kernels",
    "features before",
    "features after",
    "flow",
    "memory",
    "next frame",
    "next error",
]
"""What models can lay over a picture; cards name those of a checkpoint."""


class RowKind(Enum):
    """What one row of the latent motion matrix stands for."""

    FRAME = "frame"
    PAIR = "pair"
    GLIMPSE = "glimpse"
    PREFIX = "prefix"


ORIGIN = "origin"
"""Key in ``Motion.state``: (1, D) latent of the reference where rows are relative to it."""
TRUTH = "true frames"
"""Key in ``Motion.state``: (T, C, S, S) uint8 frames as the model saw them, dropped ones black."""
FORCED = "forced"
"""Key in ``Motion.state``: (1,) bool, whether each picture starts from the true frame before it
instead of the picture that was made of it."""

DISTANCE = "distance to the identity"
"""Key in ``Motion.state``: (R, 1) float32, ``1 - cos``, 0 where a sequence came back home."""


MEMORY, GATES = "memory", "gates"
"""Keys in ``Motion.state`` of models that remember: (R, M, h, w) what each row stands for, in
[-1, 1], and (T, 3) how far input, forget and output gates were open for each frame."""


def plain_dim_name(dim: int) -> str:
    """The name of a latent dimension that nobody named, counted from 0 as frames are: ``z0``."""
    return f"z{dim}"


@dataclass(frozen=True, slots=True)
class Motion:
    """A latent motion matrix with what is known about each of its rows.

    Attributes:
        mean: (R, D) float32, posterior mean: the matrix that people edit.
        std: (R, D) float32 posterior standard deviation, or None.
        kept: (T,) bool, False where the frame was withheld from the model (*dropped*).
        times: (T,) float64, seconds of the frames.
        rows: what a row is. FRAME models have R = T and row 0, the reference, is zero.
        row_times: (R, 2) float64, first and last second that a row covers.
        filled: (R,) bool, True where no kept frame backs the row and the model filled it in.
        cyclic: whether the model treated the sequence as one closed period.
        model: name of the checkpoint; ``model_hash`` identifies its weights.
        state: arrays that some models need to decode and nobody edits.
    """

    mean: Float
    std: Float | None
    kept: NDArray[np.bool_]
    times: NDArray[np.float64]
    rows: RowKind
    row_times: NDArray[np.float64]
    filled: NDArray[np.bool_]
    cyclic: bool = False
    model: str = ""
    model_hash: str = ""
    state: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.mean.ndim != 2:
            raise ValueError(f"Motion: expected mean of shape (R, D), got {self.mean.shape}")
        if self.std is not None and self.std.shape != self.mean.shape:
            raise ValueError(
                f"Motion: expected std of shape {self.mean.shape}, got {self.std.shape}"
            )
        if self.filled.shape != (len(self.mean),):
            raise ValueError(
                f"Motion: expected filled of shape ({len(self.mean)},), got {self.filled.shape}"
            )
        if self.kept.shape != self.times.shape:
            raise ValueError(
                f"Motion: kept {self.kept.shape} and times {self.times.shape} must agree"
            )

    @property
    def dims(self) -> int:
        """D, the number of latent dimensions."""
        return int(self.mean.shape[1])


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a model makes of rows of a motion matrix, at the model's own resolution.

    Attributes:
        frames: (n, C, H, W) float32 in [0, 1], or None where the model warps and the picture
            is to be made from ``displacement`` at the source's native resolution.
        displacement: (n, 2, H, W) float32 backward, model pixels, or None.
        inverse: (n, 2, H, W) float32: where the material of the reference goes, or None.
        overlays: further arrays by name, first axis n.
    """

    frames: Float | None
    displacement: Float | None = None
    inverse: Float | None = None
    overlays: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Pictures ready to be shown or written.

    Attributes:
        frames: (T, H, W, C) uint8.
        times: (T,) float64 seconds.
        displacement: (T, 2, H, W) float32 backward, pixels of ``frames``, or None.
        inverse: (T, 2, H, W) float32, pixels of ``frames``: where reference material goes; None
            where it was not asked for.
        overlays: further arrays by name, first axis T.
        partial: True when a cancelled call returned what it had.
    """

    frames: NDArray[np.uint8]
    times: NDArray[np.float64]
    displacement: Float | None = None
    inverse: Float | None = None
    overlays: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    partial: bool = False
