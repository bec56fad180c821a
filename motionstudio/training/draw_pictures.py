"""Pictures that DRAW is trained on: digits, or the frames of people's own clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from motionstudio.core.errors import MotionStudioError
from motionstudio.datasets import mnist
from motionstudio.models.draw import DrawConfig
from motionstudio.training.pool import build_pool
from motionstudio.training.recipe import ClipSource, Recipe, Stage


class PictureDrawer:
    """Draws ink and noise, a pure function of seed and step.

    Args:
        recipe: how many, and how they are moved.
        config: of the network.
        pictures: (N, 1, S, S) grey, how likely each pixel is ink.
    """

    def __init__(self, recipe: Recipe, config: DrawConfig, pictures: Tensor) -> None:
        self._recipe, self._config, self._pictures = recipe, config, pictures

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Ink (B, S, S) of zeros and ones, and noise (B, glimpses, latent)."""
        stage, _ = self._recipe.stage_at(step)
        rng = np.random.default_rng([self._recipe.seed, step])
        grey = self._augmented(stage, rng)
        ink = (torch.from_numpy(rng.random(grey.shape, np.float32)) < grey).float()
        shape = (len(ink), self._config.glimpses, self._config.latent)
        return ink, torch.from_numpy(rng.standard_normal(shape, np.float32))

    def _augmented(self, stage: Stage, rng: np.random.Generator) -> Tensor:
        """(B, S, S) grey pictures, each turned, zoomed and shifted a little."""
        chosen = rng.integers(len(self._pictures), size=stage.batch)
        turn = rng.uniform(-stage.turn, stage.turn, stage.batch)
        zoom = np.exp(rng.uniform(-stage.zoom, stage.zoom, stage.batch))
        matrix = np.zeros((stage.batch, 2, 3), np.float32)
        matrix[:, 0, 0], matrix[:, 0, 1] = np.cos(turn) / zoom, -np.sin(turn) / zoom
        matrix[:, 1, 0], matrix[:, 1, 1] = np.sin(turn) / zoom, np.cos(turn) / zoom
        matrix[:, :, 2] = rng.uniform(-stage.shift, stage.shift, (stage.batch, 2)) * 2
        pictures = self._pictures[torch.from_numpy(chosen)]
        grid = F.affine_grid(torch.from_numpy(matrix), list(pictures.shape), align_corners=False)
        return F.grid_sample(pictures, grid, align_corners=False)[:, 0]


def wants_digits(recipe: Recipe) -> bool:
    """Whether a recipe names the digits and not clips."""
    return any(isinstance(s, ClipSource) and mnist.IMAGES in s.files for s in recipe.data)


def read_pictures(
    recipe: Recipe, config: DrawConfig, data: Path | None, tell: Callable[[str], None]
) -> tuple[Tensor, Tensor]:
    """Pictures to train on, and those that are held out, (N, 1, S, S) each in [0, 1].

    Raises:
        MotionStudioError: there are none.
    """
    if wants_digits(recipe):
        if data is None:
            raise MotionStudioError(
                "DRAW is trained on digits that are not part of MotionStudio.",
                f"Name the folder that has {mnist.IMAGES} with --data.",
            )
        shown, hidden = (mnist.read_digits(data, held_out=held) for held in (False, True))
        return torch.from_numpy(shown), torch.from_numpy(hidden)
    held = recipe.model_copy(update={"data": tuple(_turned_round(s) for s in recipe.data)})
    shown, hidden = (_frames(one, config, data, tell) for one in (recipe, held))
    if not len(shown):
        raise MotionStudioError(
            "None of the recipe's clips is there.", "Name the data folder with --data."
        )
    return torch.from_numpy(shown), torch.from_numpy(hidden)


def _turned_round(source: object) -> object:
    """The clips that are held out, and no others."""
    if not isinstance(source, ClipSource):
        return source
    others = (n for n in range(len(source.files)) if n not in source.hold_out)
    return source.model_copy(update={"hold_out": tuple(others)})


def _frames(
    recipe: Recipe, config: DrawConfig, data: Path | None, tell: Callable[[str], None]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    pool = build_pool(recipe, config, data, tell)
    empty = np.zeros((0, config.size, config.size, 1), np.uint8)
    frames = np.concatenate([empty, *(item.frames for item in pool)])
    return np.moveaxis(frames, -1, 1).astype(np.float32) / np.float32(255)
