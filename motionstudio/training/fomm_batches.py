"""Pairs of frames of one clip, drawn from the pool as a pure function of seed and step."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from motionstudio.models.fomm_objective import ThinPlate
from motionstudio.models.fomm_parts import KnownParts
from motionstudio.training.fomm_parts import known_parts
from motionstudio.training.pool import Sequence
from motionstudio.training.recipe import Recipe, Stage

_JITTER = 0.1
_FROM_FIRST = 0.7
_LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True)
class PairBatch:
    """What one step sees.

    Attributes:
        source, driving: (B, C, S, S). ``transform``: how driving is bent for equivariance.
        known: (B, 2, h, h) true displacement from driving to source in pixels, NaN where
            unknown, or None. ``parts``: poses of the known parts of both, or None.
    """

    source: Tensor
    driving: Tensor
    transform: ThinPlate
    known: Tensor | None = None
    parts: KnownParts | None = None

    def part(self, share: slice) -> PairBatch:
        """Some pairs of the batch."""
        bent = self.transform
        return PairBatch(
            self.source[share],
            self.driving[share],
            ThinPlate(bent.theta[share], bent.control, bent.weights[share]),
            None if self.known is None else self.known[share],
            None if self.parts is None else self.parts.part(share),
        )

    def to(self, device: torch.device) -> PairBatch:
        """The same on another device."""
        return PairBatch(
            self.source.to(device),
            self.driving.to(device),
            self.transform.to(device),
            None if self.known is None else self.known.to(device),
            None if self.parts is None else self.parts.to(device),
        )


class PairDrawer:
    """Draws pairs; the same step of the same recipe gives the same pairs on any machine.

    Args:
        recipe: what is drawn and how. ``pool``: the sequences.
    """

    def __init__(self, recipe: Recipe, pool: Many[Sequence]) -> None:
        self._recipe, self._pool = recipe, pool
        present = sorted({item.source for item in pool})
        if not present:
            raise ValueError("PairDrawer: expected at least one sequence in the pool, got none")
        self._members = [np.flatnonzero([i.source == s for i in pool]) for s in present]
        weights = np.array([recipe.data[s].weight for s in present])
        self._weights = weights / weights.sum()

    def draw(self, step: int) -> PairBatch:
        """The batch of ``step``."""
        stage, _ = self._recipe.stage_at(step)
        rng = np.random.default_rng([self._recipe.seed, step])
        picked = [self._pair(rng) for _ in range(stage.batch)]
        frames = np.stack([item.target[list(pick)] for item, pick in picked])
        pairs = torch.from_numpy(frames).permute(0, 1, 4, 2, 3).float().div_(255)
        matrix = _similarity(stage, rng)
        known = _known(picked, matrix) if self._recipe.field_weight else None
        parts = known_parts(picked, matrix, pairs.shape[-1])
        pairs = _jittered(_moved(pairs, matrix), rng)
        generator = torch.Generator().manual_seed(self._recipe.seed * 1_000_003 + step)
        transform = ThinPlate.random(stage.batch, generator)
        return PairBatch(pairs[:, 0], pairs[:, 1], transform, known, parts)

    def _pair(self, rng: np.random.Generator) -> tuple[Sequence, tuple[int, int]]:
        members = self._members[rng.choice(len(self._members), p=self._weights)]
        item = self._pool[int(rng.choice(members))]
        source, driving = (int(t) for t in rng.choice(len(item.target), 2, replace=False))
        # True fields lead to frame 0 only.
        if item.field is not None and rng.random() < _FROM_FIRST:
            source, driving = 0, driving or source
        return item, (source, driving)


def _known(picked: Many[tuple[Sequence, tuple[int, int]]], matrix: Tensor) -> Tensor:
    """True displacements in the moved pictures.

    Sampling at A p + b turns u into A^-1 u(A p + b).
    """
    side = next((i.field.shape[-1] for i, _ in picked if i.field is not None), 1)
    fields = np.full((len(picked), 2, side, side), np.nan, np.float32)
    for place, (item, (source, driving)) in enumerate(picked):
        if item.field is not None and source == 0:
            fields[place] = item.field[driving]
    grid = F.affine_grid(matrix, list(fields.shape), align_corners=False)
    moved = F.grid_sample(
        torch.from_numpy(fields), grid, "nearest", padding_mode="border", align_corners=False
    )
    return torch.einsum("bij,bjhw->bihw", torch.linalg.inv(matrix[:, :, :2]), moved)


def _similarity(stage: Stage, rng: np.random.Generator) -> Tensor:
    """(B, 2, 3) sampling matrices: turned, zoomed, shifted and mirrored."""
    count = stage.batch
    turn = rng.uniform(-stage.turn, stage.turn, count)
    zoom = np.exp(rng.uniform(-stage.zoom, stage.zoom, count))
    mirror = np.where(stage.flip & (rng.random(count) < 0.5), -1.0, 1.0)
    matrix = np.zeros((count, 2, 3), np.float32)
    matrix[:, 0, 0], matrix[:, 0, 1] = mirror * np.cos(turn) * zoom, -np.sin(turn) * zoom
    matrix[:, 1, 0], matrix[:, 1, 1] = mirror * np.sin(turn) * zoom, np.cos(turn) * zoom
    matrix[:, :, 2] = rng.uniform(-stage.shift, stage.shift, (count, 2)) * 2
    return torch.from_numpy(matrix)


def _moved(pairs: Tensor, matrix: Tensor) -> Tensor:
    """Both frames of each pair sampled alike."""
    flat = pairs.flatten(1, 2)
    grid = F.affine_grid(matrix, list(flat.shape), align_corners=False)
    moved = F.grid_sample(flat, grid, padding_mode="border", align_corners=False)
    return moved.view_as(pairs)


def _jittered(pairs: Tensor, rng: np.random.Generator) -> Tensor:
    """Brightness, contrast and saturation changed by up to a tenth, both frames alike."""
    factors = rng.uniform(1 - _JITTER, 1 + _JITTER, (3, len(pairs))).astype(np.float32)
    light, contrast, colour = (torch.from_numpy(f).view(-1, 1, 1, 1, 1) for f in factors)
    pairs = pairs * light
    mean = pairs.mean((1, 2, 3, 4), keepdim=True)
    pairs = mean + contrast * (pairs - mean)
    if pairs.shape[2] == 3:
        grey = (pairs * torch.tensor(_LUMA).view(1, 1, 3, 1, 1)).sum(2, keepdim=True)
        pairs = grey + colour * (pairs - grey)
    return pairs.clamp(0, 1)
