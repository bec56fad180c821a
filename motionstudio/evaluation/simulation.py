"""Simulation: motions that a model draws, beside recorded ones of the same kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from motionstudio.core.metrics import folded_share, jacobian_gradient, rmse, temporal_jitter
from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.evaluation.clip_task import Case, ClipTask, Found, Sheet, few, nobody
from motionstudio.evaluation.columns import FOLDED, GRADIENT
from motionstudio.evaluation.material import FIELD_SIDE, Material, encode, made
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.table import Column
from motionstudio.models.base import Capability, MotionModel

RECORDED = "recorded motions, encoded"
MODES = ("learned", "prior")
_NOTE = (
    "No drawn motion has a truth: drawn ones should look like recorded ones in every column. "
    "Variety is how far the same moment of a drawn motion and of the next clip's is apart."
)
_PICTURES = 6
_FIELDS = (
    Column("amplitude", "mean shift px", 3, True, "px"),
    Column("variety", "variety px", 3, unit="px"),
    Column("jitter", "bend in time px", 3, unit="px"),
    FOLDED,
    GRADIENT,
)
_FRAMES = (
    Column("nearest", "RMSE to the nearest recorded picture", 4, True),
    Column("variety", "variety, RMSE", 4),
    Column("ink", "mean intensity", 3),
)


def _sheets(model: MotionModel) -> Mapping[str, Sheet]:
    shown = _FIELDS if can(model, Capability.DISPLACEMENT) else _FRAMES
    return {"": Sheet("Motions drawn", shown, (), _NOTE)}


def _own(model: MotionModel, case: Case) -> Iterator[Found]:
    for name in (RECORDED, *(f"drawn, {mode}" for mode in MODES)):
        one = _looked_at(model, _motion(model, case, name), case.item)
        figures = (
            _of_field(case.item.seen(one))
            if _bends(model)
            else _of_frames(one, case, name == RECORDED)
        )
        yield Found(name, {**figures, **_variety(model, case, name, one)})


def _motion(model: MotionModel, case: Case, name: str) -> Motion:
    if name == RECORDED:
        return encode(model, case.item)
    return _drawn(model, case.item, name.removeprefix("drawn, "), case.seed + case.place)


def _variety(model: MotionModel, case: Case, name: str, one: Float) -> dict[str, float]:
    """How far the motion is from that of the next sequence: the mean over all pairs in a ring."""
    if case.next is case.item:
        return {}
    place = (case.place + 1) % len(case.items)
    there = Case(case.next, case.items, place, case.seed)
    other = _looked_at(model, _motion(model, there, name), case.next)
    count = min(len(one), len(other))
    a, b = one[:count], other[:count]
    if not _bends(model):
        return {"variety": rmse(a, b)}
    # Where both clips have pixels.
    apart = case.next.seen(np.where(case.item.inside, a - b, np.nan))
    return {"variety": float(np.nanmean(np.hypot(*np.moveaxis(apart, 1, 0))))}


def _bends(model: MotionModel) -> bool:
    return can(model, Capability.DISPLACEMENT)


def _drawn(model: MotionModel, item: Material, mode: str, seed: int) -> Motion:
    cyclic = item.cyclic and can(model, Capability.CYCLIC)
    # The first frame may be the source itself: of a single picture the second is looked at.
    times = item.times if len(item.times) > 1 else np.arange(2, dtype=np.float64)
    return model.sample(
        item.frames[0], times, seed=seed, mode=mode, cyclic=cyclic, period=item.period
    )


def _looked_at(model: MotionModel, motion: Motion, item: Material) -> Float:
    """Fields (T, 2, S, S) of a motion, or its pictures (n, C, S, S)."""
    if not _bends(model):
        return _pictures(model, motion, item)
    rows = [int(row) for row in rows_of_frames(motion)]
    field = model.decode(motion, item.frames[0], rows).displacement
    if field is None:
        raise ValueError(f"simulation: expected displacement from {model.card.name}")
    return field


def _pictures(model: MotionModel, motion: Motion, item: Material) -> Float:
    count = len(motion.times)
    first = 0 if len(item.frames) > 1 else count - 1
    shown = np.unique(np.linspace(first, count - 1, min(count, _PICTURES)).round().astype(int))
    return made(model, motion, item.frames[0], [int(t) for t in shown])


def _of_field(u: Float) -> dict[str, float]:
    later = u[1:] if len(u) > 1 else u
    out = {
        "amplitude": float(np.hypot(later[:, 0], later[:, 1]).mean()),
    }
    if min(u.shape[-2:]) >= FIELD_SIDE:
        out |= {"folds": 100 * folded_share(u), "gradient": jacobian_gradient(u)}
    if len(u) > 2:
        out["jitter"] = temporal_jitter(u)
    return out


def _of_frames(pictures: Float, case: Case, recorded: bool) -> dict[str, float]:
    # A recorded picture is its own nearest one: it is compared with the other sequences.
    others = [o.frames for n, o in enumerate(case.items) if n != case.place or not recorded]
    if not others:
        return {"ink": float(pictures.mean())}
    known = np.concatenate(others)
    nearest = [min(rmse(one, other) for other in known) for one in pictures]
    return {"nearest": float(np.mean(nearest)), "ink": float(pictures.mean())}


def _shown(model: MotionModel, case: Case) -> Mapping[str, Float]:
    item = case.item
    frames = few(range(len(item.frames)))
    rows = {"the clip": item.frames[frames]}
    for mode in MODES:
        motion = _drawn(model, item, mode, case.seed + case.place)
        rows[f"drawn, {mode}"] = made(
            model, motion, item.frames[0], [min(t, len(motion.times) - 1) for t in frames]
        )
    return rows


SIMULATION = ClipTask(
    "simulation",
    Capability.ENCODE | Capability.DECODE | Capability.SAMPLE,
    "draws no motions",
    _sheets,
    _own,
    nobody,
    _shown,
)
