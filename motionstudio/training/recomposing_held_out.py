"""How well recomposing knows motion that it never saw: truth of generated sequences."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.datasets import make
from motionstudio.models.recomposing import Recomposing, RecomposingConfig
from motionstudio.models.recomposing_objective import Chain, embed_chains
from motionstudio.training.recipe import GeneratorSource, Recipe

FIRST_HELD_OUT = 10_000_000
"""Index from which nothing is trained on."""
COUNT = 160
_FITTED = 0.7
_RIDGE = 1e-2

Double = NDArray[np.float64]


class HeldOutMotions:
    """Held-out sequences of the recipe's first generator that knows where things are.

    Args:
        recipe: what is trained. ``config``: of the network. ``frames``: T of a window.
    """

    def __init__(self, recipe: Recipe, config: RecomposingConfig, frames: int) -> None:
        self._recipe, self._config, self._frames = recipe, config, frames
        self._known: tuple[Tensor, Double] | None = None

    def measure(self, network: Recomposing) -> dict[str, float]:
        """Cosine distances, R2 of a linear probe, and the error of nearest neighbours in pixels.

        Empty where no generator of the recipe tells places.
        """
        if self._known is None:
            self._known = self._make()
        clips, moved = self._known
        if not len(clips):
            return {}
        last = self._frames - 1
        whole: Chain = tuple(range(self._frames))
        loop: Chain = (0, last // 2, last, last // 2, 0)
        with torch.no_grad():
            found = embed_chains(network, clips, [whole, whole[::2], whole[::-1], loop]).numpy()
        apart = 1 - (found[:, :1] * found[:, 1:]).sum(-1).mean(0)
        nearest, anyone = neighbour_errors(found[:, 0], moved)
        return {
            "same way": float(apart[0]),
            "way back": float(apart[1]),
            "loop": float(apart[2]),
            "probe R2": linear_probe(found[:, 0], moved, round(_FITTED * len(moved))),
            "neighbour": nearest,
            "random neighbour": anyone,
        }

    def _make(self) -> tuple[Tensor, Double]:
        for source in self._recipe.data:
            if not isinstance(source, GeneratorSource):
                continue
            params = {**source.params, "size": self._config.size}
            made = [
                make(source.generator, params, self._recipe.seed, FIRST_HELD_OUT + number)
                for number in range(COUNT)
            ]
            names = made[0].factor_names
            if not {"x", "y"} <= set(names):
                continue
            place = [names.index("x"), names.index("y")]
            last = self._frames - 1
            frames = torch.from_numpy(np.stack([one.frames[: self._frames] for one in made]))
            moved = np.stack([one.factors[last, place] - one.factors[0, place] for one in made])
            return frames, moved.astype(np.float64)
        return torch.zeros(0), np.zeros((0, 2))


def linear_probe(rows: NDArray[np.float32], truth: Double, fitted: int) -> float:
    """R2 of a ridge regression from ``rows`` (N, D) to ``truth`` (N, k), on rows after ``fitted``.

    The ridge of 0.01 and unit rows are those of the specification's figures.
    """
    known = np.concatenate([rows, np.ones((len(rows), 1))], 1).astype(np.float64)
    first, rest = known[:fitted], known[fitted:]
    system = first.T @ first + _RIDGE * np.eye(known.shape[1])
    weights = np.linalg.solve(system, first.T @ truth[:fitted])
    missed = ((rest @ weights - truth[fitted:]) ** 2).sum()
    spread = ((truth[fitted:] - truth[:fitted].mean(0)) ** 2).sum()
    return float(1 - missed / spread)


def neighbour_errors(rows: NDArray[np.float32], truth: Double) -> tuple[float, float]:
    """How far the truth (N, k) of the nearest other row is, and that of any other, on average."""
    alike = rows @ rows.T
    np.fill_diagonal(alike, -np.inf)
    between = np.linalg.norm(truth[:, None] - truth[None], axis=-1)
    nearest = between[np.arange(len(rows)), alike.argmax(1)].mean()
    others = between.sum() / (len(rows) * (len(rows) - 1))
    return float(nearest), float(others)
