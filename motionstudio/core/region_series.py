"""Regions over time: where motion carries labels, how large they are, how they are strained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core import labels as regions
from motionstudio.core import strain
from motionstudio.core.metrics import dice

Labels = NDArray[np.uint8]
Float = NDArray[np.float32]

LARGEST = 512
"""Longer sides are measured on every n-th pixel."""


@dataclass(frozen=True, slots=True)
class Region:
    """One label in one frame.

    Attributes:
        area: of the carried label, mm² or pixels.
        true_area: of the frame's own label, NaN where the frame carries none.
        first, second: radial and circumferential mean strain of a ring, else the larger and the
            smaller principal strain; NaN where the model makes no inverse.
        dice: overlap of carried and own label, NaN where the frame carries none.
    """

    area: float
    true_area: float = float("nan")
    first: float = float("nan")
    second: float = float("nan")
    dice: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class FrameRegions:
    """All labels of one frame.

    Attributes:
        labels: (H, W) uint8 carried labels, of every ``step``-th pixel.
        step: pixels from one value of ``labels`` to the next.
        regions: by label.
        outlines: by label, (n, 2) float32 polylines in full pixels; only labels that are there.
    """

    labels: Labels
    step: int = 1
    regions: Mapping[int, Region] = field(default_factory=dict)
    outlines: Mapping[int, Float] = field(default_factory=dict)


def measure(
    reference: Labels,
    displacement: Float,
    inverse: Float | None,
    truth: Labels | None,
    spacing: tuple[float, float] | None,
) -> FrameRegions:
    """Carry the labels of the reference to a frame and measure them.

    Args:
        reference: (H, W) uint8 labels of the reference.
        displacement: (2, H, W) float32 backward field of the frame, pixels.
        inverse: (2, H, W) float32, or None: no strain.
        truth: (H, W) uint8 the frame's own labels, or None.
        spacing: (row, column) mm of a pixel, or None: areas in pixels.

    Raises:
        ValueError: the shapes differ.
    """
    if displacement.shape[1:] != reference.shape:
        raise ValueError(
            f"measure: expected a field of {reference.shape}, got {displacement.shape[1:]}"
        )
    step = -(-max(reference.shape) // LARGEST)
    small = regions.reduced(reference, step)
    carried = regions.carried(small, _thin(displacement, step)).astype(np.uint8)
    own = None if truth is None else regions.reduced(truth, step)
    back = None if inverse is None else _thin(inverse, step)
    found: dict[int, Region] = {}
    lines: dict[int, Float] = {}
    for label in regions.present(small):
        found[label] = _region(label, small, carried, own, back, spacing, step)
        line = _line(carried, label)
        if len(line):
            lines[label] = full_size(line, step)
    return FrameRegions(carried, step, found, lines)


def outlines_of(labels: Labels) -> dict[int, Float]:
    """The outlines of a frame's own labels, in its pixels."""
    step = -(-max(labels.shape) // LARGEST)
    small = regions.reduced(labels, step)
    return {label: full_size(_line(small, label), step) for label in regions.present(small)}


def full_size(points: Float, step: int) -> Float:
    """Points on every ``step``-th pixel as points in pixels."""
    return points if step == 1 else (points * step + step // 2).astype(np.float32)


def _line(labels: NDArray[Any], label: int) -> Float:
    return regions.rounded(regions.outlines(labels, label))


def _region(
    label: int,
    reference: Labels,
    carried: NDArray[Any],
    own: NDArray[Any] | None,
    inverse: Float | None,
    spacing: tuple[float, float] | None,
    step: int,
) -> Region:
    pixel = (float(step), float(step)) if spacing is None else (
        spacing[0] * step, spacing[1] * step
    )  # fmt: skip
    first = second = true_area = overlap = float("nan")
    if inverse is not None:
        first, second = strain.region_strain(inverse, reference == label, spacing or (1.0, 1.0))
    if own is not None:
        true_area = regions.area(own, label, pixel)
        overlap = dice(carried, own, label)
    return Region(regions.area(carried, label, pixel), true_area, first, second, overlap)


def _thin(field: Float, step: int) -> Float:
    if step == 1:
        return field
    start = step // 2
    return np.ascontiguousarray(field[:, start::step, start::step] / np.float32(step))
