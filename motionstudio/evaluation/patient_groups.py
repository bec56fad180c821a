"""Whether groups of diagnoses differ in how hearts move, and what else might tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.group_test import GroupTest, group_test, smallest_difference
from motionstudio.core.motion import Float, Motion, RowKind
from motionstudio.core.warp import warp_labels
from motionstudio.evaluation.domains import DOMAINS, subjects
from motionstudio.evaluation.model_calls import fields
from motionstudio.evaluation.patients import EXPERT, FLOW, GROUPS, MODEL, Patients
from motionstudio.evaluation.real import END_SYSTOLE
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.base import MotionModel

Double = NDArray[np.float64]

ROWS = "rows of the model"
SCAN = "area ejected by expert contours, mean over slices"
BEYOND = "rows of the model, area ejected taken off"
COMPONENTS = 3
FAILING = "SC-HF"
PHANTOM_CAVITY = 1
_COLUMNS = (
    Column("accuracy", "balanced accuracy", 2),
    Column("low", "95 % from", 2),
    Column("high", "to", 2),
    Column("chance", "shuffled names", 2),
    Column("p", "p", 3),
    Column("explained", "explained", 2),
    Column("by chance", "explained, shuffled", 2),
    Column("n", "patients", 0),
)


def group_table(found: Patients, permutations: int = 999) -> tuple[Table, Mapping[str, GroupTest]]:
    """Whether diagnoses can be told from the motion, from ejection alone, from the pictures."""
    four = np.array([list(GROUPS).index(group) for group in found.groups], np.intp)
    failing = np.array([group.startswith(FAILING) for group in found.groups]).astype(np.intp)
    tests: dict[str, GroupTest] = {}
    for question, groups in (("four groups", four), ("failing or not", failing)):
        for name, (values, given) in _told(found).items():
            tests[f"{question}: {name}"] = group_test(
                values, groups, given=given, alike=values is not found.rows,
                components=COMPONENTS, permutations=permutations,
            )  # fmt: skip
    rows = tuple(Row(name, _figures(test)) for name, test in tests.items())
    title = "Diagnoses from motion between ED and ES, Sunnybrook"
    return Table("groups", title, _COLUMNS, rows, _note(found, permutations)), tests


def _told(found: Patients) -> Mapping[str, tuple[Double, Double | None]]:
    """Features (n, D), and what is taken off them, by name."""
    return {
        ROWS: (found.rows, None),
        BEYOND: (found.rows, found.ejected),
        SCAN: (found.ejected, None),
        "ejection fraction by expert contours": (found.fractions[EXPERT][:, None], None),
        f"ejection fraction by {MODEL}": (found.fractions[MODEL][:, None], None),
        f"ejection fraction by {FLOW}": (found.fractions[FLOW][:, None], None),
        "directions of optical flow (DIS)": (found.flow, None),
        "size of the heart in the picture": (found.picture[:, :1], None),
        "picture alone: size, brightness, contrast, slices": (found.picture, None),
    }


def _figures(test: GroupTest) -> dict[str, Figure]:
    plain = {
        "accuracy": test.accuracy, "low": test.interval[0], "high": test.interval[1],
        "chance": test.chance, "p": test.p, "explained": test.explained,
        "by chance": test.explained_by_chance, "n": float(test.count),
    }  # fmt: skip
    return {k: Figure(v, 0.0, 1) for k, v in plain.items() if not np.isnan(v)}


def _note(found: Patients, permutations: int) -> str:
    known = {words: found.groups.count(g) for g, words in GROUPS.items() if g in found.groups}
    sizes = ", ".join(f"{n} {words}" for words, n in known.items())
    sick = sum(g.startswith(FAILING) for g in found.groups)
    two = smallest_difference(sick, len(found.groups) - sick)
    pair = smallest_difference(*sorted(known.values())[:2])
    seen = int((~found.held_out).sum())
    return (
        f"One patient left out at a time, nearest group mean on {COMPONENTS} principal components; "
        "scales, components and what is taken off are fitted without that patient, nothing is "
        f"chosen by the outcome. p by {permutations} shufflings of the names; interval from the "
        "counts of each group with flat priors, which pull it towards a half (Brodersen et al. "
        "2010); explained: share of the spread of the "
        f"components that lies between groups, all patients together. {sizes}. With so few, one "
        f"number that differs by {two:.1f} standard deviations between failing and not failing is "
        f"found four times in five, by {pair:.1f} between the two smallest groups; smaller "
        "differences may well be there and missed. Nine rows for each question are tried: one p "
        "below 0.05 among them is no surprise. What it does not show: heart failure is *defined* "
        "by an ejection fraction below 40 % here (Radau et al. 2009), so telling it from motion is "
        "telling how much the heart squeezes, not a disease; all patients come from one hospital; "
        "pictures are scaled and cropped per patient; and the motion model was trained on the "
        f"pictures (not the groups) of {seen} of the {len(found.groups)}."
    )


def component_table(model: MotionModel, found: Patients) -> Table:
    """What the first components of the patients' motion do, on a generated heart.

    Args:
        model: what the rows were encoded by; it gives displacements.
        found: rows of the patients.
    """
    heart = next(iter(subjects(DOMAINS["heart"], model.card.size, 1)))
    if heart.labels is None:
        raise ValueError("component_table: expected a heart with labels")
    scores, axes, share = components_of(found.rows)
    source = heart.frames[0]
    middle = found.rows.mean(0)
    rows = []
    for c in range(min(COMPONENTS, len(share))):
        reach = scores[:, c].std(ddof=1)
        less, more = (_effect(model, source, heart.labels[0], middle + sign * reach * axes[c])
                      for sign in (-1, 1))  # fmt: skip
        plain = {f"{key} {side}": v for side, effect in (("less", less), ("more", more))
                 for key, v in effect.items()}  # fmt: skip
        plain |= {"share": 100 * share[c], "r": _correlation(scores[:, c], found.ejected[:, 0])}
        rows.append(Row(f"component {c}", {k: Figure(float(v), 0.0, 1) for k, v in plain.items()}))
    note = (
        "Components of the mean row at end-systole, over all patients; their signs mean nothing. "
        "The mean motion less, and plus, one standard deviation of the component, on one generated "
        "heart. r: with the area ejected by expert contours, over patients."
    )
    title = f"What the components of {len(found.names)} patients do"
    return Table("components", title, _EFFECTS, tuple(rows), note)


_EFFECTS = (
    Column("share", "of the spread, %", 0),
    Column("r", "r with area ejected", 2),
    *(
        Column(f"{key} {side}", f"{words}, {sign} 1 SD", 1)
        for key, words in (("ejected", "area ejected %"), ("shift", "mean shift px"))
        for side, sign in (("less", "-"), ("more", "+"))
    ),
)


def components_of(rows: Double) -> tuple[Double, Double, Double]:
    """Scores (n, c) on principal components, their axes (c, D), and their shares of the spread."""
    centred = rows - rows.mean(0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    return centred @ axes.T, axes, spread**2 / max(float((spread**2).sum()), 1e-300)


def _effect(
    model: MotionModel, source: Float, labels: NDArray[np.integer[Any]], row: Double
) -> dict[str, float]:
    """Share of the cavity's area that is ejected, and the mean length of the displacement."""
    times = np.array([0.0, END_SYSTOLE])
    motion = Motion(
        np.stack([np.zeros_like(row), row]).astype(np.float32), None, np.ones(2, np.bool_), times,
        RowKind.FRAME, np.stack([times, times], 1), np.zeros(2, np.bool_), True,
    )  # fmt: skip
    u = fields(model, motion, source, [1])[0]
    moved = warp_labels(labels, u)
    rest = float((labels == PHANTOM_CAVITY).sum())
    ejected = 100 * (1 - float((moved == PHANTOM_CAVITY).sum()) / rest)
    return {"ejected": ejected, "shift": float(np.hypot(u[0], u[1]).mean())}


def _correlation(a: Double, b: Double) -> float:
    varies = a.std() > 0 and b.std() > 0
    return float(np.corrcoef(a, b)[0, 1]) if varies else float("nan")
