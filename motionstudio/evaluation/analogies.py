"""A is to B as C is to what? The step of one sprite done by another, against the true frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.core.warp import warp
from motionstudio.evaluation.between import SPRITES
from motionstudio.evaluation.peers import farneback
from motionstudio.evaluation.table import Column, Scores, Table
from motionstudio.models.base import MotionModel

_HELD_OUT_EVERY = 6
_SEED = 16

Answer = Callable[["Analogy"], Float]
"""The next frame (C, S, S) of an analogy's last picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Analogy:
    """Four pictures (C, S, S): ``first`` is to ``second`` as ``third`` is to ``truth``."""

    first: Float
    second: Float
    third: Float
    truth: Float


def sprite_analogies(data: Path, size: int, count: int) -> list[Analogy]:
    """Analogies between two of the sprite characters that no recipe trains on.

    Both do the same action in the same direction; which frame and which characters is drawn.
    """
    with np.load(data / SPRITES, allow_pickle=False) as held:
        frames = held["frames"]
        who = ["|".join(map(str, row)) for row in np.atleast_2d(held["attributes"])]
        what = [f"{a} {d}" for a, d in zip(held["action"], held["direction"], strict=True)]
    subject = np.unique(who, return_inverse=True)[1]
    motion = np.unique(what, return_inverse=True)[1]
    unseen = subject % _HELD_OUT_EVERY == _HELD_OUT_EVERY - 1
    transform = Transform.fit(frames.shape[2:4], size, range=(0.0, 255.0))
    rng = np.random.default_rng(_SEED)
    return list(_drawn(rng, count, frames, np.where(unseen, motion, -1), transform))


def _drawn(
    rng: np.random.Generator,
    count: int,
    frames: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    motion: np.ndarray[tuple[int, ...], np.dtype[np.intp]],
    transform: Transform,
) -> Iterator[Analogy]:
    kinds = np.unique(motion[motion >= 0])
    for _ in range(count):
        one, other = rng.choice(np.flatnonzero(motion == rng.choice(kinds)), 2, replace=False)
        t = int(rng.integers(frames.shape[1] - 1))
        four = np.stack(
            [frames[one, t], frames[one, t + 1], frames[other, t], frames[other, t + 1]]
        )
        yield Analogy(*transform.apply(four, channels=3))


def of_model(model: MotionModel) -> Answer:
    """The step between the first two, done by the third."""

    def answer(case: Analogy) -> Float:
        return _stepped(model, case.first, case.second, case.third)

    return answer


def own_step(model: MotionModel) -> Answer:
    """The step of the last picture itself, encoded and decoded: what is left to lose."""

    def answer(case: Analogy) -> Float:
        return _stepped(model, case.third, case.truth, case.third)

    return answer


def _stepped(model: MotionModel, first: Float, second: Float, picture: Float) -> Float:
    pair = np.stack([first, second])
    motion = model.encode(pair, np.ones(2, np.bool_), np.arange(2.0))
    made = model.decode(motion, picture, [0]).frames
    assert made is not None
    found: Float = made[0]
    return found


def copied_difference(case: Analogy) -> Float:
    """What was added to the first is added to the third."""
    return np.asarray(np.clip(case.third + case.second - case.first, 0, 1), np.float32)


def transferred_flow(case: Analogy) -> Float:
    """The optical flow between the first two moves the third."""
    planes = np.ascontiguousarray(np.moveaxis(case.third, 0, -1))
    return np.moveaxis(warp(planes, farneback(case.first, case.second)), -1, 0)


def nothing(case: Analogy) -> Float:
    """The third as it is."""
    return case.third


BASELINES: Mapping[str, Answer] = {
    "copying the difference": copied_difference,
    "flow transfer": transferred_flow,
    "standing still": nothing,
}


def analogy_table(answers: Mapping[str, Answer], cases: list[Analogy]) -> Table:
    """Squared errors to the true next frame, summed over a picture."""
    scores = Scores()
    for number, case in enumerate(cases):
        for name, answer in answers.items():
            error = float(((answer(case) - case.truth) ** 2).sum())
            scores.add(name, {"error": error}, f"analogy {number}")
    size = cases[0].truth.shape
    return Table(
        "analogies",
        f"Sprites, A : B :: C : ? ({len(cases)} of characters never trained on)",
        (Column("error", "squared error", 2, True, better="less"),),
        scores.rows(),
        f"Summed over {size[0]} x {size[1]} x {size[2]} intensities in [0, 1]. Both characters do "
        "the same action in the same direction.",
        tuple(answers)[:1],
    )
