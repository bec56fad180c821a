"""Real hearts of many patients: what was measured of each, and ejection from carried labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.agreement import agreement, ejection_fraction
from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture import Transform
from motionstudio.core.warp import warp_labels
from motionstudio.evaluation.factor_baselines import histogram
from motionstudio.evaluation.model_calls import can, fields, refined
from motionstudio.evaluation.peers import demons, dis_flow
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.real import (
    CAVITY,
    END_SYSTOLE,
    HELD_OUT_PATIENTS,
    PAIRS,
    RealSequence,
    encode_real,
)
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.evaluation.tracking import REFINE_STEPS
from motionstudio.evaluation.tracking import REFINED as FITTED
from motionstudio.models.base import Capability, MotionModel

Double = NDArray[np.float64]

EXPERT, MODEL, FLOW = "expert", "model, as encoded", "DIS (preset medium)"
DEMONS = "demons (symmetric, diffeomorphic)"
METHODS = (MODEL, FITTED, FLOW, DEMONS)
GROUPS: Mapping[str, str] = {
    "SC-HF-NI": "heart failure without infarct",
    "SC-HF-I": "heart failure with infarct",
    "SC-HYP": "hypertrophy",
    "SC-N": "healthy",
}


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """What was found in the pairs of all patients.

    Attributes:
        names: (n,) of the patients, in order; ``held_out`` (n,) whether training left them out.
        groups: (n,) key of ``GROUPS``.
        fractions: ejection fraction in percent (n,), by method; NaN where it was not tried:
            rows are fitted for patients held out only.
        rows: (n, D) mean over slices of the row at end-systole.
        ejected: (n, 1) mean over slices of the share of area that experts saw ejected.
        flow: (n, 40) mean over slices of the directions of optical flow from ED to ES.
        picture: (n, 4) what has nothing to do with motion: mean area of the cavity at ED in
            pixels, mean and standard deviation of the intensities at ED, number of slices.
        left_out: slices without a cavity at ED or ES, which have no area to compare.
    """

    names: tuple[str, ...]
    held_out: NDArray[np.bool_]
    groups: tuple[str, ...]
    fractions: Mapping[str, Double]
    rows: Double
    ejected: Double
    flow: Double
    picture: Double
    left_out: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Slice:
    """Areas at ED and ES by method, and what describes the motion and the picture."""

    areas: Mapping[str, tuple[float, float]]
    row: Double
    flow: Double
    picture: Double


def read_patients(
    model: MotionModel, data: Path, tell: Tell, *, slow: bool = False
) -> Patients | None:
    """Measure all patients, all slices with a labelled cavity; None: the file is absent.

    ``slow`` also runs demons, and fits the rows of patients held out to their frames. A patient
    none of whose slices shows a cavity at both times is left out.
    """
    path = data / PAIRS
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        frames, masks, subject = arrays["frames"], arrays["masks"], arrays["subject"]
    names = np.unique(subject)
    held_out = [str(names[n]) for n in HELD_OUT_PATIENTS if n < len(names)]
    slices: dict[str, list[_Slice]] = {}
    for number, name in enumerate(names):
        members = np.flatnonzero(subject == name)
        fit = slow and str(name) in held_out and can(model, Capability.REFINE)
        found = (_slice(model, frames[i], masks[i], slow, fit) for i in members)
        slices[str(name)] = [one for one in found if one is not None]
        tell(f"patients: {number + 1} of {len(names)}")
    known = {name: found for name, found in slices.items() if found}
    return _gathered(known, held_out, len(frames) - sum(map(len, known.values())))


def _gathered(
    slices: Mapping[str, Sequence[_Slice]], held_out: Sequence[str], left_out: int
) -> Patients:
    """Slices of each patient taken together."""
    fractions = {method: np.full(len(slices), np.nan) for method in (EXPERT, *METHODS)}
    for number, found in enumerate(slices.values()):
        for method in found[0].areas:
            areas = np.array([one.areas[method] for one in found])
            fractions[method][number] = ejection_fraction(areas)
    expert = [np.array([one.areas[EXPERT] for one in found]) for found in slices.values()]
    counts = np.array([[len(found)] for found in slices.values()], np.float64)
    picture = np.array([np.mean([s.picture for s in found], 0) for found in slices.values()])
    return Patients(
        names=tuple(slices),
        held_out=np.array([name in held_out for name in slices]),
        groups=tuple(group_of(name) for name in slices),
        fractions=fractions,
        rows=np.array([np.mean([s.row for s in found], 0) for found in slices.values()]),
        ejected=np.array([[float(np.mean(1 - a[:, 1] / a[:, 0]))] for a in expert]),
        flow=np.array([np.mean([s.flow for s in found], 0) for found in slices.values()]),
        picture=np.column_stack([picture, counts]),
        left_out=left_out,
    )


def group_of(name: str) -> str:
    """The key of ``GROUPS`` that a patient's name begins with.

    Raises:
        ValueError: none of them.
    """
    for group in GROUPS:
        if name.startswith(group):
            return group
    raise ValueError(f"group_of: expected one of {', '.join(GROUPS)} in front, got {name!r}")


def _slice(
    model: MotionModel, frames: NDArray[np.uint8], masks: NDArray[np.uint8], slow: bool, fit: bool
) -> _Slice | None:
    """One slice of a patient; None: no cavity at ED or at ES."""
    transform = Transform.fit(frames.shape[1:3], model.card.size, range=(0.0, 255.0))
    labels = np.asarray(transform.mask_to_model(masks), np.uint8)
    if not (labels == CAVITY).any((1, 2)).all():
        return None
    pictures = transform.apply(frames[..., None], channels=model.card.channels)
    times = np.array([0.0, END_SYSTOLE])
    motion = encode_real(model, RealSequence("", pictures, times, 1.0, labels, (1,), 1, None))
    moved = _moved(model, motion, pictures, slow, fit)
    rest = float((labels[0] == CAVITY).sum())
    areas = {EXPERT: (rest, float((labels[1] == CAVITY).sum()))}
    for method, u in moved.items():
        areas[method] = (rest, float((warp_labels(labels[0], u) == CAVITY).sum()))
    seen = np.array([rest, float(pictures[0].mean()), float(pictures[0].std())])
    return _Slice(areas, motion.mean[1].astype(np.float64), histogram(moved[FLOW]), seen)


def _moved(
    model: MotionModel, motion: Motion, pictures: Float, slow: bool, fit: bool
) -> dict[str, Float]:
    """Displacement (2, S, S) from ED to ES, by method."""
    moved = {
        MODEL: fields(model, motion, pictures[0], [1])[0],
        FLOW: dis_flow(pictures[0], pictures[1]),
    }
    if slow:
        moved[DEMONS] = demons(pictures[0], pictures[1])
    if fit:
        better = refined(model, motion, pictures, [1], REFINE_STEPS)
        moved[FITTED] = fields(model, better, pictures[0], [1])[0]
    return moved


def fraction_table(found: Patients) -> Table:
    """Agreement of ejection fractions with those by expert contours at ED and ES."""
    everyone = np.ones(len(found.names), np.bool_)
    chosen = {"patients never trained on": found.held_out, "all patients": everyone}
    for group, words in GROUPS.items():
        chosen[words] = np.array([one == group for one in found.groups])
    rows = [
        Row(f"{method}; {title}", _agreeing(found, method, members))
        for method in METHODS
        for title, members in chosen.items()
        if members.sum() > 1 and not np.isnan(found.fractions[method][members]).any()
    ]
    note = (
        "Percentage points of ejection fraction: the ED label is carried to ES, areas are summed "
        "over the slices of a patient (at most six, so that it is not the clinical figure). Limits "
        "of agreement: bias -+ 1.96 standard deviations; the bias with its standard error, that of "
        "a limit is 1.7 times as large. The pictures, not the labels, of the other patients were "
        f"trained on. {found.left_out} slices show no cavity at ED or ES and are left out."
    )
    return Table("ejection", "Ejection fraction from carried labels, Sunnybrook", _COLUMNS,
                 tuple(rows), note)  # fmt: skip


_COLUMNS = (
    Column("expert", "by contours, %", 1),
    Column("absolute", "mean error, points", 1),
    Column("bias", "bias", 1, True),
    Column("low", "lower limit", 1),
    Column("high", "upper limit", 1),
    Column("r", "r", 2),
    Column("n", "patients", 0),
)


def _agreeing(found: Patients, method: str, members: NDArray[np.bool_]) -> dict[str, Figure]:
    expert = found.fractions[EXPERT][members]
    a = agreement(found.fractions[method][members], expert)
    low, high = a.limits
    plain = _plain({"expert": float(expert.mean()), "absolute": a.absolute, "low": low,
                    "high": high, "r": a.correlation, "n": float(a.count)})  # fmt: skip
    return plain | {"bias": Figure(a.bias, a.deviation / a.count**0.5, a.count)}


def _plain(values: Mapping[str, float]) -> dict[str, Figure]:
    return {k: Figure(float(v), 0.0, 1) for k, v in values.items() if not np.isnan(v)}
