"""Tracking on people's own clips: labels carried from the first labelled frame on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from motionstudio.core.labels import present
from motionstudio.core.metrics import dice, folded_share, hausdorff, jacobian_gradient
from motionstudio.core.motion import Float
from motionstudio.core.warp import warp_labels
from motionstudio.evaluation import columns
from motionstudio.evaluation.clip_task import Case, ClipTask, Found, Sheet, few
from motionstudio.evaluation.domains import warp_picture
from motionstudio.evaluation.material import FIELD_SIDE, Material, encode, picture_figures
from motionstudio.evaluation.model_calls import Stopwatch, can, fields, refined
from motionstudio.evaluation.peers import PEERS, dis_flow, elsewhere_note
from motionstudio.evaluation.table import mean_of
from motionstudio.evaluation.tracking import ENCODED, REFINE_STEPS, REFINED
from motionstudio.models.base import Capability, MotionModel

_NOTE = (
    "Labels are warped from the first labelled frame of each clip to its other labelled frames, "
    "at the model's resolution. Frames of one clip are not independent: the error is over clips."
)
_COLUMNS = (
    columns.DICE,
    columns.HD95,
    columns.HD95_MM,
    *columns.PICTURES,
    columns.FOLDED,
    columns.GRADIENT,
    columns.TIME,
)
_MOST = 12
"""Frames looked at in each clip, spread over those that carry labels, or over all."""


def _sheets(_model: MotionModel) -> Mapping[str, Sheet]:
    absent = {peer.name: peer.absent for peer in PEERS if not peer.installed}
    note = _NOTE + elsewhere_note()
    return {"": Sheet("Tracking", _COLUMNS, (ENCODED, REFINED), note, absent)}


def _own(model: MotionModel, case: Case) -> Iterator[Found]:
    item = from_labels(case.item)
    rows = looked_at(item)
    if not rows:
        return
    with Stopwatch() as watch:
        motion = encode(model, item)
        found = list(fields(model, motion, item.frames[0], rows))
    share = watch.milliseconds / len(item.frames)
    yield Found(ENCODED, _figures(item, rows, found, share))
    if can(model, Capability.REFINE):
        with Stopwatch() as watch:
            better = refined(model, motion, item.frames, rows, REFINE_STEPS)
            found = list(fields(model, better, item.frames[0], rows))
        spent = share + watch.milliseconds / len(rows)
        yield Found(REFINED, _figures(item, rows, found, spent))


def _beside(case: Case) -> Iterator[Found]:
    item = from_labels(case.item)
    rows = looked_at(item)
    for peer in PEERS if rows else ():
        if peer.installed:
            with Stopwatch() as watch:
                found = [peer.register(item.frames[0], item.frames[t]) for t in rows]
            yield Found(peer.name, _figures(item, rows, found, watch.milliseconds / len(rows)))


def _shown(model: MotionModel, case: Case) -> Mapping[str, Float]:
    item = from_labels(case.item)
    rows = few(looked_at(item))
    first = item.frames[0]
    own = fields(model, encode(model, item), first, rows)
    flow = [dis_flow(first, item.frames[t]) for t in rows]
    return {
        "the clip": item.frames[rows],
        f"frame 0 bent, {ENCODED}": np.stack([warp_picture(first, u) for u in own]),
        "frame 0 bent, DIS": np.stack([warp_picture(first, u) for u in flow]),
    }


def _labelled(items: Sequence[Material]) -> str:
    """Of how many clips the figures of labels are, where that is not all of them."""
    counts = [0 if item.labelled is None else int(item.labelled.sum()) for item in items]
    some, once = sum(count > 1 for count in counts), counts.count(1)
    if some == len(items):
        return ""
    alone = f"Of {once} clips only one frame is labelled: nothing to compare. " if once else ""
    if not some:
        return alone or "No clip carries labels, so there is no Dice."
    others = f"other figures of all {len(items)}"
    return f"{alone}Dice and HD95 are of the {some} with labels alone, {others}."


def from_labels(item: Material) -> Material:
    """``item`` so that its first frame is the first labelled one.

    A closed period is turned; of an open clip the frames before are left out.
    """
    if item.labelled is None or item.labelled[0]:
        return item
    first, count = int(np.argmax(item.labelled)), len(item.frames)
    order = (first + np.arange(count if item.cyclic else count - first)) % count
    times = item.times[order] - item.times[first]
    if item.cyclic:
        step = np.median(np.diff(item.times)) if count > 1 else 1.0
        times = times % (item.period or float(item.times[-1] + step))
    return replace(
        item,
        frames=item.frames[order],
        times=times,
        labels=None if item.labels is None else item.labels[order],
        labelled=item.labelled[order],
    )


def looked_at(item: Material) -> list[int]:
    """At most ``_MOST`` frames after the first, spread over those that carry labels, or all."""
    known = np.arange(1, len(item.frames))
    if item.labelled is not None and item.labelled[1:].any():
        known = np.flatnonzero(item.labelled[1:]) + 1
    spread = np.linspace(0, len(known) - 1, min(len(known), _MOST)).round().astype(int)
    return [int(t) for t in known[spread]]


def _figures(
    item: Material, rows: Sequence[int], found: Sequence[Float], milliseconds: float
) -> dict[str, float]:
    each = [_one(item, t, u) for t, u in zip(rows, found, strict=True)]
    return {**mean_of(each), "ms": milliseconds}


def _one(item: Material, t: int, u: Float) -> dict[str, float]:
    out = picture_figures(item, warp_picture(item.frames[0], u), item.frames[t])
    inside = item.seen(u)
    if min(inside.shape[-2:]) >= FIELD_SIDE:
        out["folds"] = 100 * folded_share(inside)
        out["gradient"] = jacobian_gradient(inside)
    if item.labels is not None and item.labelled is not None and item.labelled[[0, t]].all():
        out |= _overlap(item, t, u)
    return out


def _overlap(item: Material, t: int, u: Float) -> dict[str, float]:
    assert item.labels is not None
    truth, moved = item.labels[t], warp_labels(item.labels[0], u)
    known = sorted({*present(item.labels[0]), *present(truth)})
    outlines = [hausdorff(moved == k, truth == k) for k in known]
    out = {"dice": float(np.mean([dice(moved, truth, k) for k in known]))}
    if not np.all(np.isnan(outlines)):
        out["hd95"] = float(np.nanmean(outlines))
    if item.spacing is not None:
        spaced = [hausdorff(moved == k, truth == k, spacing=item.spacing) for k in known]
        if not np.all(np.isnan(spaced)):
            out["hd95 mm"] = float(np.nanmean(spaced))
    return out


TRACKING = ClipTask(
    "tracking",
    Capability.ENCODE | Capability.DECODE | Capability.DISPLACEMENT,
    "gives no displacement",
    _sheets,
    _own,
    _beside,
    _shown,
    frames=2,
    remark=_labelled,
)
