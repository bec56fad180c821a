"""One synthetic sequence with everything that is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SampleMeta:
    """What it takes to make a sample again.

    Attributes:
        name: name of the generator in ``motionstudio.datasets.GENERATORS``.
        params: the parameters that were passed, as passed.
        seed: seed of the data set, >= 0.
        index: index in the data set, >= 0; train, validation and test are ranges of it.
        version: version of the generator: another version makes other bytes.
        subject: facts of the generator about the subject, for people.
    """

    name: str
    params: Mapping[str, object]
    seed: int
    index: int
    version: int
    subject: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sample:
    """A synthetic sequence and its ground truth. Pixel (x, y) = (column, row), centres at integers.

    Attributes:
        frames: (T, C, H, W) float32 in [0, 1]: what a camera or scanner would give.
        clean: (T, C, H, W) float32 in [0, 1]: the same without noise and without every change of
            intensity that is not motion. Warping ``clean[0]`` gives ``clean[t]`` where ``valid``.
        times: (T,) float64, seconds, from 0.
        displacement: (T, 2, H, W) float32 pixels (dx, dy), backward to frame 0:
            ``clean[t](p) ~ clean[0](p + displacement[t](p))``.
        inverse: (T, 2, H, W) float32 pixels: material at p in frame 0 lies at
            ``p + inverse[t](p)`` in frame t; None where it was not asked for.
        valid: (T, H, W) bool: False where frame 0 does not show what frame t shows.
        labels: (T, H, W) uint8, index into ``label_names``; None where it was not asked for.
        label_names: name of each label; 0 is the background.
        factors: (T, k) float32, what changes over time.
        factor_names: names of the k factors.
        cyclic: True when the sequence is one closed period.
        meta: what it takes to make the sample again.
        flow_next: (T-1, 2, H, W) float32 pixels, backward from frame t + 1 to t, or None.
        parts: (T, n, 2, 3) float32, pose of the part with label k + 1: two axes in pixels, one
            body length long, the second along the part, and its centre (x, y); None where the
            generator has no parts. Parts that are hidden have a pose too.
    """

    frames: Float
    clean: Float
    times: NDArray[np.float64]
    displacement: Float
    inverse: Float | None
    valid: NDArray[np.bool_]
    labels: NDArray[np.uint8] | None
    label_names: tuple[str, ...]
    factors: Float
    factor_names: tuple[str, ...]
    cyclic: bool
    meta: SampleMeta
    flow_next: Float | None = None
    parts: Float | None = None

    def __post_init__(self) -> None:
        count, _, height, width = self.frames.shape
        if self.displacement.shape != (count, 2, height, width):
            raise ValueError(
                f"Sample: expected displacement of shape {(count, 2, height, width)}, "
                f"got {self.displacement.shape}"
            )
        if self.factors.shape != (count, len(self.factor_names)):
            raise ValueError(
                f"Sample: expected factors of shape {(count, len(self.factor_names))}, "
                f"got {self.factors.shape}"
            )


def to_clip(sample: Sample) -> Clip:
    """The sample as a clip: uint8 frames (T, H, W, C), masks from the labels, its factors."""
    frames = np.rint(sample.frames * 255.0).astype(np.uint8).transpose(0, 2, 3, 1)
    meta = sample.meta
    valid = None if sample.labels is None else np.ones(len(frames), dtype=np.bool_)
    return Clip(
        frames=np.ascontiguousarray(frames),
        times=sample.times,
        name=f"{meta.name} {meta.index}",
        masks=sample.labels,
        mask_valid=valid,
        cyclic=sample.cyclic,
        factors={
            name: sample.factors[:, place].astype(np.float64)
            for place, name in enumerate(sample.factor_names)
        },
        provenance={
            "source": "generated",
            "generator": f"{meta.name} version {meta.version}",
            "seed": f"{meta.seed}, {meta.index}",
        },
    )
