"""Area of the left ventricle's cavity over a whole beat, from carried labels and by contours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.core.warp import warp_labels
from motionstudio.evaluation.model_calls import can, fields, refined
from motionstudio.evaluation.patients import DEMONS, FLOW, MODEL
from motionstudio.evaluation.peers import demons, dis_flow
from motionstudio.evaluation.real import CAVITY, RealSequence, encode_real
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.evaluation.tracking import REFINE_STEPS
from motionstudio.evaluation.tracking import REFINED as FITTED
from motionstudio.models.base import Capability, MotionModel

CONTOURS = "contours"


@dataclass(frozen=True, slots=True)
class AreaCurves:
    """Areas of one slice, as shares of that at frame 0.

    Attributes:
        name: of the slice.
        times: (T,) seconds; ``curves`` (T,) by method.
        drawn: frames that carry contours, and ``contours`` their areas.
        first: area at frame 0 in mm^2, or NaN where the file knows no spacing.
    """

    name: str
    times: tuple[float, ...]
    curves: dict[str, tuple[float, ...]]
    drawn: tuple[int, ...]
    contours: tuple[float, ...]
    first: float


def area_curves(model: MotionModel, sequence: RealSequence) -> AreaCurves:
    """Carry the label of frame 0 to every other frame, by every method."""
    frames = list(range(1, len(sequence.frames)))
    motion = encode_real(model, sequence)
    source = sequence.frames[0]
    moved: dict[str, Sequence[Float]] = {MODEL: list(fields(model, motion, source, frames))}
    if can(model, Capability.REFINE):
        better = refined(model, motion, sequence.frames, frames, REFINE_STEPS)
        moved[FITTED] = list(fields(model, better, source, frames))
    moved[FLOW] = [dis_flow(source, sequence.frames[t]) for t in frames]
    moved[DEMONS] = [demons(source, sequence.frames[t]) for t in frames]
    rest = cavity(sequence.labels[0])
    drawn = (0, *sequence.targets)
    return AreaCurves(
        name=sequence.name,
        times=tuple(float(t) for t in sequence.times),
        curves={
            method: (1.0, *(cavity(warp_labels(sequence.labels[0], u)) / rest for u in found))
            for method, found in moved.items()
        },
        drawn=drawn,
        contours=tuple(cavity(sequence.labels[t]) / rest for t in drawn),
        first=rest * float(np.prod(sequence.spacing)) if sequence.spacing else float("nan"),
    )


def cavity(labels: NDArray[np.uint8]) -> float:
    """Pixels of the cavity."""
    return float((labels == CAVITY).sum())


def curve_table(found: Sequence[AreaCurves]) -> Table:
    """How far areas are from those by contours, for every slice and method."""
    rows = [_row(one, method) for one in found for method in one.curves]
    columns = (
        Column("error", "mean error, % of the first area", 1),
        Column("ejected", "ejected area %", 1),
        Column("truth", "by contours %", 1),
        Column("first", "first area, mm2", 0),
        Column("n", "frames with contours", 0),
    )
    note = (
        "Slices never trained on. Ejected: 1 - smallest area / first, over frames with contours. "
        "The human's contours are an expert's, at ED and ES; the pig's are automatic in every "
        "frame, looser towards apex and base, so they err as well. One heart of each: these are "
        "examples, not a study."
    )
    title = "Area of the cavity over a beat, label of end-diastole carried"
    return Table("curves", title, columns, tuple(rows), note)


def _row(one: AreaCurves, method: str) -> Row:
    own = np.array(one.curves[method])[list(one.drawn)]
    truth = np.array(one.contours)
    plain = {
        "error": 100 * float(np.abs(own - truth)[1:].mean()),
        "ejected": 100 * float(1 - own.min()),
        "truth": 100 * float(1 - truth.min()),
        "first": one.first,
        "n": float(len(one.drawn)),
    }
    figures = {k: Figure(v, 0.0, 1) for k, v in plain.items() if not np.isnan(v)}
    return Row(f"{one.name}, {method}", figures)
