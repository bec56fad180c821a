"""Simulation: motions that a model draws, beside recorded ones of the same kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from motionstudio.core.metrics import folded_share, jacobian_gradient, rmse, temporal_jitter
from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.evaluation.material import Material, encode, made
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.table import Column, Scores, Table
from motionstudio.models.base import Capability, MotionModel

RECORDED = "recorded motions, encoded"
MODES = ("learned", "prior")
_NOTE = (
    "No drawn motion has a truth: drawn ones should look like recorded ones in every column. "
    "Variety is how far the same moment of two clips is apart."
)
_PICTURES = 6


def simulation_of(model: MotionModel, items: Sequence[Material], title: str, tell: Tell) -> Table:
    """One drawn motion of each mode for the first frame of every sequence."""
    bends = can(model, Capability.DISPLACEMENT)
    columns = _FIELDS if bends else _FRAMES
    recorded = [_shown(model, encode(model, item), item, bends) for item in items]
    sets = {RECORDED: recorded}
    for mode in MODES:
        sets[f"drawn, {mode}"] = [
            _shown(model, _drawn(model, item, mode, number), item, bends)
            for number, item in enumerate(items)
        ]
        tell(f"simulation: {mode}")
    scores = Scores()
    for name, shown in sets.items():
        for place, one in enumerate(shown):
            others = shown[:place] + shown[place + 1 :]
            figures = _of_field(one) if bends else _of_frames(one, place, items, name == RECORDED)
            scores.add(name, {**figures, **_variety(one, others, bends)})
    return Table("simulation", f"Motions drawn ({title})", columns, scores.rows(), _NOTE)


_FIELDS = (
    Column("amplitude", "mean shift px", 3, True),
    Column("variety", "variety px", 3),
    Column("jitter", "bend in time px", 3),
    Column("folds", "folded %", 3),
    Column("gradient", "|grad det J|", 4),
)
_FRAMES = (
    Column("nearest", "RMSE to the nearest recorded picture", 4, True),
    Column("variety", "variety, RMSE", 4),
    Column("ink", "mean intensity", 3),
)


def _drawn(model: MotionModel, item: Material, mode: str, seed: int) -> Motion:
    cyclic = item.cyclic and can(model, Capability.CYCLIC)
    # The first frame may be the source itself: of a single picture the second is looked at.
    times = item.times if len(item.times) > 1 else np.arange(2, dtype=np.float64)
    return model.sample(
        item.frames[0], times, seed=seed, mode=mode, cyclic=cyclic, period=item.period
    )


def _shown(model: MotionModel, motion: Motion, item: Material, bends: bool) -> Float:
    """Fields (T, 2, S, S) of a motion, or its pictures (n, C, S, S)."""
    if not bends:
        count = len(motion.times)
        first = 0 if len(item.frames) > 1 else count - 1
        few = np.unique(np.linspace(first, count - 1, min(count, _PICTURES)).round().astype(int))
        return made(model, motion, item.frames[0], [int(t) for t in few])
    rows = [int(row) for row in rows_of_frames(motion)]
    field = model.decode(motion, item.frames[0], rows).displacement
    if field is None:
        raise ValueError(f"simulation: expected displacement from {model.card.name}")
    return field


def _of_field(u: Float) -> dict[str, float]:
    out = {
        "amplitude": float(np.hypot(u[1:, 0], u[1:, 1]).mean()),
        "folds": 100 * folded_share(u),
        "gradient": jacobian_gradient(u),
    }
    if len(u) > 2:
        out["jitter"] = temporal_jitter(u)
    return out


def _of_frames(
    pictures: Float, place: int, items: Sequence[Material], recorded: bool
) -> dict[str, float]:
    # A recorded picture is its own nearest one: it is compared with the other sequences.
    others = [item.frames for n, item in enumerate(items) if n != place or not recorded]
    if not others:
        return {"ink": float(pictures.mean())}
    known = np.concatenate(others)
    nearest = [min(rmse(one, other) for other in known) for one in pictures]
    return {"nearest": float(np.mean(nearest)), "ink": float(pictures.mean())}


def _variety(one: Float, others: Sequence[Float], bends: bool) -> dict[str, float]:
    if not others:
        return {}
    apart = []
    for other in others:
        count = min(len(one), len(other))
        a, b = one[:count], other[:count]
        away = a - b
        apart.append(float(np.hypot(away[:, 0], away[:, 1]).mean()) if bends else rmse(a, b))
    return {"variety": float(np.mean(apart))}
