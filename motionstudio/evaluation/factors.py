"""Which factors of generated sequences a model's dimensions follow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.factor_scores import FactorScores, factor_scores
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture_rows import frames_shown
from motionstudio.evaluation.material import Material, encode, generated
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.base import Capability, ModelCard, MotionModel
from motionstudio.training.recipe import GeneratorSource, read_recipe

Double = NDArray[np.float64]

SUBJECTS = 100
SUMMARY = "all factors"
_NOTE = (
    "R2 of a linear probe from all dimensions, tested on subjects that it was not fitted on (five "
    "folds by subject); from the best single dimension likewise. MIG and DCI as in their papers, "
    "DCI with ridge coefficients. Factors of one motion depend on each other, which keeps MIG and "
    "disentanglement low even for ideal dimensions. Rows of a model with a reference frame tell "
    "changes since then, so the factors are taken relative to the first frame too."
)


def known_material(card: ModelCard, count: int = SUBJECTS) -> list[Material]:
    """Sequences with factors, from the first generator of the checkpoint's recipe that has any."""
    if card.path is None or not (card.path / "recipe.toml").exists():
        return []
    for source in read_recipe(card.path / "recipe.toml").data:
        if isinstance(source, GeneratorSource):
            found = list(generated(source.generator, source.params, card, count))
            moving = [item for item in found if len(item.frames) > 1 and item.factor_names]
            if len(moving) > 1:
                return moving
    return []


def factor_table(model: MotionModel, items: Sequence[Material], tell: Tell) -> Table | None:
    """Scores of every factor; None: the model encodes nothing, or nothing is known to change."""
    if Capability.ENCODE not in model.card.capabilities or len(items) < 2:
        return None
    names = items[0].factor_names
    latents, factors, groups = [], [], []
    for number, item in enumerate(items):
        rows, known = _paired(encode(model, item), item)
        latents.append(rows)
        factors.append(known)
        groups.append(np.full(len(rows), number))
        tell(f"factors: {number + 1} of {len(items)}")
    found = factor_scores(np.concatenate(latents), np.concatenate(factors), np.concatenate(groups))
    return _table(model.card, names, found, len(items))


def _paired(motion: Motion, item: Material) -> tuple[Double, Double]:
    """Rows (n, D) and the factors (n, K) of the frames that they show."""
    assert item.factors is not None
    rows, known = motion.mean.astype(np.float64), item.factors.astype(np.float64)
    shown = frames_shown(motion)
    if motion.rows is RowKind.GLIMPSE:
        # All glimpses of a frame together say what it shows.
        frames = np.unique(shown)
        return np.stack([rows[shown == t].ravel() for t in frames]), known[frames]
    return rows[1:], (known - known[0])[shown[1:]]


def _table(card: ModelCard, names: Sequence[str], found: FactorScores, count: int) -> Table:
    rows = [
        Row(name, _figures({"r2": r2, "best": best, "gap": gap}))
        for name, r2, best, gap in zip(names, found.r2, found.best_r2, found.gap, strict=True)
    ]
    known = ~np.isnan(found.r2)
    whole = {
        "r2": _average(found.r2[known]),
        "best": _average(found.best_r2[known]),
        "gap": _average(found.gap[known]),
        "d": found.disentanglement,
        "c": found.completeness,
    }
    columns = (
        Column("r2", "R2, all dimensions", 3),
        Column("best", "R2, best dimension", 3),
        Column("gap", "MIG", 3),
        Column("d", "disentanglement", 3),
        Column("c", "completeness", 3),
    )
    title = f"What the {card.dims} dimensions of {card.name} tell ({count} subjects)"
    return Table("factors", title, columns, (*rows, Row(SUMMARY, _figures(whole))), _NOTE)


def _average(values: Double) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _figures(values: dict[str, float]) -> dict[str, Figure]:
    return {key: Figure(float(v), 0.0, 1) for key, v in values.items() if not np.isnan(v)}
