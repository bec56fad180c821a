"""Real hearts of many patients: ejection fraction from carried labels, and groups of diagnoses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.agreement import agreement, ejection_fraction
from motionstudio.core.group_test import GroupTest, group_test
from motionstudio.core.picture import Transform
from motionstudio.core.warp import warp_labels
from motionstudio.evaluation.model_calls import can, fields, refined
from motionstudio.evaluation.peers import dis_flow
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
SCAN = "area ejected by expert contours, mean over slices"
COMPONENTS = 3
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
        fractions: ejection fraction in percent (n,), by method; NaN where a method was not tried:
            the refined motion is measured for patients held out only.
        rows: (n, D) mean over slices of the row at end-systole.
        ejected: (n, 1) mean over slices of the share of area that experts saw ejected.
    """

    names: tuple[str, ...]
    held_out: NDArray[np.bool_]
    groups: tuple[str, ...]
    fractions: Mapping[str, Double]
    rows: Double
    ejected: Double


def read_patients(
    model: MotionModel, data: Path, tell: Tell, *, refine: bool = False
) -> Patients | None:
    """Measure all patients, all slices with a labelled cavity; None: the file is absent.

    ``refine`` fits the rows of patients held out to their frames, too.
    """
    path = data / PAIRS
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        frames, masks, subject = arrays["frames"], arrays["masks"], arrays["subject"]
    names = [str(name) for name in np.unique(subject)]
    held_out = np.isin(np.arange(len(names)), HELD_OUT_PATIENTS)
    fractions = {m: np.full(len(names), np.nan) for m in (EXPERT, MODEL, FITTED, FLOW)}
    rows, ejected = [], []
    for number, name in enumerate(names):
        fit = bool(refine and held_out[number] and can(model, Capability.REFINE))
        found = [_slice(model, frames[i], masks[i], fit) for i in np.flatnonzero(subject == name)]
        known = [one for one in found if one is not None]
        for method in known[0][0]:
            areas = np.array([one[0][method] for one in known])
            fractions[method][number] = ejection_fraction(areas)
        expert = np.array([one[0][EXPERT] for one in known])
        rows.append(np.mean([one[1] for one in known], 0))
        ejected.append([float(np.mean(1 - expert[:, 1] / expert[:, 0]))])
        tell(f"patients: {number + 1} of {len(names)}")
    groups = tuple(group_of(name) for name in names)
    return Patients(tuple(names), held_out, groups, fractions, np.array(rows), np.array(ejected))


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
    model: MotionModel, frames: NDArray[np.uint8], masks: NDArray[np.uint8], fit: bool
) -> tuple[dict[str, tuple[float, float]], Double] | None:
    """Areas at ED and ES by method, and the row at ES; None: no cavity in one of both."""
    transform = Transform.fit(frames.shape[1:3], model.card.size, range=(0.0, 255.0))
    labels = np.asarray(transform.mask_to_model(masks), np.uint8)
    if not (labels == CAVITY).any((1, 2)).all():
        return None
    pictures = transform.apply(frames[..., None], channels=model.card.channels)
    times = np.array([0.0, END_SYSTOLE])
    sequence = RealSequence("", pictures, times, 1.0, labels, (1,), 1, None)
    motion = encode_real(model, sequence)
    moved = {
        MODEL: fields(model, motion, pictures[0], [1])[0],
        FLOW: dis_flow(pictures[0], pictures[1]),
    }
    if fit:
        better = refined(model, motion, pictures, [1], REFINE_STEPS)
        moved[FITTED] = fields(model, better, pictures[0], [1])[0]
    rest = float((labels[0] == CAVITY).sum())
    areas = {EXPERT: (rest, float((labels[1] == CAVITY).sum()))}
    for method, u in moved.items():
        areas[method] = (rest, float((warp_labels(labels[0], u) == CAVITY).sum()))
    return areas, motion.mean[1].astype(np.float64)


def fraction_table(found: Patients) -> Table:
    """Agreement of ejection fractions with those by expert contours at ED and ES."""
    rows = []
    for method in (MODEL, FITTED, FLOW):
        tried = ~np.isnan(found.fractions[method])
        for title, chosen in (
            ("patients never trained on", found.held_out),
            ("all patients", np.ones(len(tried), np.bool_)),
        ):
            if chosen.sum() < 2 or not tried[chosen].all():
                continue
            a = agreement(found.fractions[method][chosen], found.fractions[EXPERT][chosen])
            low, high = a.limits
            plain = {"absolute": a.absolute, "bias": a.bias, "low": low, "high": high,
                     "r": a.correlation, "n": float(a.count)}  # fmt: skip
            rows.append(Row(f"{method}; {title}", _plain(plain)))
    columns = (
        Column("absolute", "mean error, points", 1),
        Column("bias", "bias", 1),
        Column("low", "lower limit", 1),
        Column("high", "upper limit", 1),
        Column("r", "r", 2),
        Column("n", "patients", 0),
    )
    note = (
        "Percentage points of ejection fraction: the ED label is carried to ES, areas are summed "
        "over the slices of a patient (at most six). Limits of agreement: bias -+ 1.96 standard "
        "deviations. The pictures, not the labels, of the other patients were trained on."
    )
    return Table("ejection", "Ejection fraction from carried labels, Sunnybrook", columns,
                 tuple(rows), note)  # fmt: skip


def group_table(found: Patients, permutations: int = 999) -> tuple[Table, Mapping[str, GroupTest]]:
    """Whether diagnoses can be told from the motion, and from the ejected area alone."""
    four = np.array([list(GROUPS).index(group) for group in found.groups])
    failing = np.array([group.startswith("SC-HF") for group in found.groups]).astype(np.intp)
    tests: dict[str, GroupTest] = {}
    for question, groups in (("four groups", four), ("failing or not", failing)):
        for name, values in (("rows of the model", found.rows), (SCAN, found.ejected)):
            tests[f"{question}: {name}"] = group_test(
                values, groups.astype(np.intp), components=COMPONENTS, permutations=permutations
            )
    rows = [
        Row(name, _plain({"accuracy": t.accuracy, "chance": t.chance, "p": t.p, "n": t.count}))
        for name, t in tests.items()
    ]
    columns = (
        Column("accuracy", "balanced accuracy", 2),
        Column("chance", "shuffled names", 2),
        Column("p", "p", 3),
        Column("n", "patients", 0),
    )
    sizes = ", ".join(f"{found.groups.count(g)} {text}" for g, text in GROUPS.items())
    note = (
        f"One patient left out at a time, nearest group mean on {COMPONENTS} principal components "
        f"fitted without that patient; p by {permutations} shufflings of the names. {sizes}: with "
        "so few, only large differences can show, and the groups come from one hospital."
    )
    title = "Diagnoses from motion between ED and ES, Sunnybrook"
    return Table("groups", title, columns, tuple(rows), note), tests


def _plain(values: Mapping[str, float]) -> dict[str, Figure]:
    return {k: Figure(float(v), 0.0, 1) for k, v in values.items() if not np.isnan(v)}
