"""Pictures between two frames: models by the middle of latents, and what needs no model.

Cases are triples a constant step apart; the middle one is the truth and is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.between_pictures import blend, flow_between
from motionstudio.core.inbetween import midpoint_residuals, straightness
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.datasets import Sample, make
from motionstudio.evaluation.domains import FIRST_TEST, SEED
from motionstudio.evaluation.table import Column, Row, Scores, Table
from motionstudio.models.base import MotionModel

GAPS = (1, 3, 6)
"""Steps in pixels; the models are trained on 1 to 3."""

SPRITES = "sprites_lpc/lpc_shared.npz"
SPRITE_GAPS = (1, 2, 3)
STRAIGHTENED = "alpha 100"
"""What the row of the model with the strongest term is called: compared with all others."""

_HELD_OUT_EVERY = 6
_LONG, _LONG_GAP = 13, 1.0

Triples = Mapping[int, Sequence[Float]]
"""For each gap triples (3, C, S, S) float32 in [0, 1]."""

BASELINES: Mapping[str, Callable[[Float, Float, float], Float]] = {
    "cross-fading": blend,
    "optical flow (DIS)": flow_between,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of generated clip.

    Attributes:
        title: for people.
        generator: name in ``motionstudio.datasets``.
        params: of the generator.
    """

    title: str
    generator: str
    params: Mapping[str, object]

    def triples(self, size: int, count: int) -> Triples:
        """``count`` triples never trained on for each of ``GAPS``."""
        return {gap: [self._case(size, gap, 3, i) for i in range(count)] for gap in GAPS}

    def unmistakable(self, size: int, count: int) -> Triples:
        """Those of ``triples`` whose ends tell which of two objects is which.

        Equal objects that change sides look as if each had gone a shorter way: no picture holds
        which of them is which, so no latent of pictures can have the true middle.
        """
        return {
            gap: [
                sample.frames
                for i in range(count)
                if same_sides((sample := self._sample(size, gap, 3, i)).factors)
            ]
            for gap in GAPS
        }

    def long(self, size: int, count: int) -> Iterator[Float]:
        """``count`` clips (13, C, S, S) of small steps whose ends lie far apart."""
        for index in range(count):
            yield self._case(size, _LONG_GAP, _LONG, index)

    def _case(self, size: int, gap: float, frames: int, index: int) -> Float:
        return self._sample(size, gap, frames, index).frames

    def _sample(self, size: int, gap: float, frames: int, index: int) -> Sample:
        params = {**self.params, "size": size, "frames": frames, "motion": "straight",
                  "gap": float(gap), "frames_only": True}  # fmt: skip
        return make(self.generator, params, SEED, FIRST_TEST + index)


def same_sides(factors: NDArray[np.floating]) -> bool:
    """Whether two objects go the shortest way that leads from the first to the last picture.

    Args:
        factors: (T, 2 n), x and y first for each of the two.
    """
    half = factors.shape[1] // 2
    first, last = factors[0].reshape(2, half)[:, :2], factors[-1].reshape(2, half)[:, :2]
    return bool(((last - first) ** 2).sum() <= ((last[::-1] - first) ** 2).sum())


def sprite_triples(data: Path, size: int) -> Triples:
    """Triples of the sprite characters that no recipe trains on, for each of ``SPRITE_GAPS``."""
    with np.load(data / SPRITES, allow_pickle=False) as held:
        frames = held["frames"]
        keys = ["|".join(map(str, row)) for row in np.atleast_2d(held["attributes"])]
    subject = np.unique(keys, return_inverse=True)[1]
    wanted = np.flatnonzero(subject % _HELD_OUT_EVERY == _HELD_OUT_EVERY - 1)
    transform = Transform.fit(frames.shape[2:4], size, range=(0.0, 255.0))
    clips = [transform.apply(frames[i], channels=3) for i in wanted]
    return {
        gap: [clip[t : t + 2 * gap + 1 : gap] for clip in clips for t in range(len(clip) - 2 * gap)]
        for gap in SPRITE_GAPS
    }


def between_table(
    title: str, models: Mapping[str, MotionModel], triples: Triples, note: str = ""
) -> Table:
    """Mean squared errors of middle frames and reconstructions, intensities in [0, 1]."""
    scores = Scores()
    gaps = list(triples)
    for place in range(min(len(cases) for cases in triples.values())):
        here = {gap: triples[gap][place] for gap in gaps}
        for name, model in models.items():
            scores.add(name, _model_errors(model, here), f"triple {place}")
        for name, draw in BASELINES.items():
            scores.add(name, {_key(gap): _error(draw(c[0], c[2], 0.5), c[1])
                              for gap, c in here.items()}, f"triple {place}")  # fmt: skip
    # The claims are about the widest gap.
    middles = (Column(_key(g), f"mid, gap {g}", 5, g == gaps[-1], better="less") for g in gaps)
    columns = [Column("rec", "rec", 5, better="less"), *middles,
               Column("residual", f"mid-point residual, gap {gaps[-1]}", 3)]  # fmt: skip
    return Table("between", title, tuple(columns), scores.rows(), note, (STRAIGHTENED,))


def long_table(title: str, models: Mapping[str, MotionModel], clips: Sequence[Float]) -> Table:
    """Errors of all frames between the first and the last of a clip, and straightness."""
    scores = Scores()
    for number, clip in enumerate(clips):
        case = f"clip {number}"
        kept = np.zeros(len(clip), np.bool_)
        kept[[0, -1]] = True
        shares = np.linspace(0, 1, len(clip))[1:-1]
        for name, model in models.items():
            times = np.arange(len(clip), dtype=np.float64)
            motion = model.encode(clip, kept, times)
            made = model.decode(motion, clip[0], range(1, len(clip) - 1)).frames
            assert made is not None
            every = model.encode(clip, np.ones(len(clip), np.bool_), times).mean
            error = _error(made, clip[1:-1])
            scores.add(name, {"mse": error, "straight": straightness(every)}, case)
        for name, draw in BASELINES.items():
            made = np.stack([draw(clip[0], clip[-1], float(share)) for share in shares])
            scores.add(name, {"mse": _error(made, clip[1:-1])}, case)
    columns = (Column("mse", "frames between", 5, True, better="less"),
               Column("straight", "straightness", 3, True, better="more"))  # fmt: skip
    return Table("long", title, columns, scores.rows(),
                 "Straightness: distance of the ends over the length of the encoded path, all "
                 "frames seen; 1 is straight.", (STRAIGHTENED,))  # fmt: skip


def mean(table: Table, row: str, key: str) -> float:
    """A figure of a table; NaN where it has none."""
    found: Row = table.row(row)
    figure = found.figures.get(key)
    return float("nan") if figure is None else figure.mean


def _model_errors(model: MotionModel, triples: Mapping[int, Float]) -> dict[str, float]:
    values: dict[str, float] = {}
    rebuilt: list[float] = []
    for gap, case in triples.items():
        ends: NDArray[np.bool_] = np.array([True, False, True])
        times = np.arange(3, dtype=np.float64)
        made = model.decode(model.encode(case, ends, times), case[0], [1]).frames
        everything = model.encode(case, np.ones(3, np.bool_), times)
        same = model.decode(everything, case[0], [0, 1, 2]).frames
        assert made is not None
        assert same is not None
        values[_key(gap)] = _error(made[0], case[1])
        rebuilt.append(_error(same, case))
        values["residual"] = float(midpoint_residuals(everything.mean)[0])
    values["rec"] = float(np.mean(rebuilt))
    return values


def _key(gap: int) -> str:
    return f"mid{gap}"


def _error(made: Float, truth: Float) -> float:
    return float(np.mean((made - truth) ** 2))
