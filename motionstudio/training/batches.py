"""What a training step sees, drawn from the pool as a pure function of (seed, step)."""

from __future__ import annotations

from collections.abc import Sequence as Many

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.models.genlmm_objective import SequenceBatch
from motionstudio.training.pool import Sequence
from motionstudio.training.recipe import Recipe, Stage


class BatchDrawer:
    """Draws batches; the same step of the same recipe gives the same batch on any machine.

    Args:
        recipe: what is drawn and how.
        pool: the sequences that ``build_pool`` made.
    """

    def __init__(self, recipe: Recipe, pool: Many[Sequence]) -> None:
        self._recipe = recipe
        self._pool = pool
        present = sorted({item.source for item in pool})
        if not present:
            raise ValueError("BatchDrawer: expected at least one sequence in the pool, got none")
        self._members = [np.flatnonzero([i.source == s for i in pool]) for s in present]
        weights = np.array([recipe.data[s].weight for s in present])
        self._weights = weights / weights.sum()
        self._partners: dict[tuple[int, int], list[int]] = {}
        for index, item in enumerate(pool):
            self._partners.setdefault((item.source, item.motion), []).append(index)

    def draw(self, step: int) -> tuple[SequenceBatch, Tensor]:
        """The batch of ``step`` and the numbers (M,) of its decoded time steps."""
        stage, _ = self._recipe.stage_at(step)
        rng = np.random.default_rng([self._recipe.seed, step])
        members = self._members[rng.choice(len(self._members), p=self._weights)]
        chosen = rng.choice(members, stage.batch)
        swap = rng.random() < stage.swap
        targets = [self._partner(int(i), rng) if swap else int(i) for i in chosen]
        steps = min(
            int(rng.integers(stage.frames[0], stage.frames[1] + 1)),
            min(len(self._pool[i].frames) - 1 for i in (*chosen, *targets)),
        )
        picks = [_frame_choice(self._pool[int(i)], steps, rng) for i in chosen]
        cyclic = bool(self._pool[int(chosen[0])].cyclic and self._recipe.cyclic)
        cyclic = cyclic and bool(rng.random() < 0.6)
        decoded = np.sort(rng.choice(steps, min(stage.decoded, steps), replace=False))
        phase = np.stack(
            [_phase(self._pool[int(i)], pick) for i, pick in zip(chosen, picks, strict=True)]
        )
        encoded = [self._pool[int(i)] for i in chosen]
        animated = [self._pool[i] for i in targets]
        seen = _pictures([item.frames for item in encoded], picks)
        source = _pictures([item.frames for item in animated], [p[:1] for p in picks])
        shown = _pictures([item.target for item in animated], picks)
        seen, source, shown, shown_pose = _augment(seen, source, shown, swap, stage, rng)
        fields = [item.field for item in animated]
        kept = _kept_pattern(stage.batch, steps, stage, rng)
        return (
            SequenceBatch(
                reference=seen[:, 0],
                frames=seen[:, 1:],
                source=source[:, 0],
                target_reference=shown[:, 0],
                target_frames=shown[:, 1:],
                kept=torch.from_numpy(kept),
                valid=torch.ones(stage.batch, steps),
                phase=torch.from_numpy(phase),
                decoded=torch.from_numpy(decoded),
                cyclic=cyclic,
                field=_fields(fields, picks, decoded, shown_pose),
            ),
            self._noise(step, stage.batch, steps),
        )

    def _noise(self, step: int, batch: int, steps: int) -> Tensor:
        # Drawn at the largest width and cut by the caller, so that D does not matter here.
        generator = torch.Generator().manual_seed(self._recipe.seed * 1_000_003 + step)
        return torch.randn(batch, 256, steps, generator=generator)

    def _partner(self, index: int, rng: np.random.Generator) -> int:
        item = self._pool[index]
        group = self._partners[item.source, item.motion]
        others = [i for i in group if i != index and len(self._pool[i].frames) == len(item.frames)]
        return int(rng.choice(others)) if others else index


def _frame_choice(item: Sequence, steps: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """(1 + steps,) indices of frames, the reference first, in order of time after it."""
    count = len(item.frames)
    start = int(rng.integers(count)) if item.cyclic and rng.random() < 0.2 else 0
    if rng.random() < 0.5:
        # An even stride, as a real recording would have it.
        rest = 1 + np.floor(np.arange(steps) * ((count - 1) / steps)).astype(np.intp)
    else:
        rest = np.sort(rng.choice(np.arange(1, count), steps, replace=False))
    pick: NDArray[np.intp] = (start + np.concatenate([[0], rest])) % count
    return pick


def _phase(item: Sequence, pick: NDArray[np.intp]) -> NDArray[np.float32]:
    phase: NDArray[np.float32] = (item.phase[pick[1:]] - item.phase[pick[0]]) % np.float32(1)
    return phase


def _pictures(sequences: Many[NDArray[np.uint8]], picks: Many[NDArray[np.intp]]) -> Tensor:
    frames = np.stack([item[pick] for item, pick in zip(sequences, picks, strict=True)])
    return torch.from_numpy(frames).permute(0, 1, 4, 2, 3).float().div_(255)


def _kept_pattern(
    batch: int, steps: int, stage: Stage, rng: np.random.Generator
) -> NDArray[np.float32]:
    """(batch, steps) of 0 and 1: complete, strided, or Bernoulli (temporal dropout)."""
    kind = rng.random()
    if kind < stage.complete:
        return np.ones((batch, steps), np.float32)
    if kind < stage.complete + stage.strided:
        kept = np.zeros((batch, steps), np.float32)
        for row in kept:
            stride = int(rng.integers(2, 9))
            # Frame 0 is always there: counted from it, every stride-th frame is kept.
            row[stride - 1 :: stride] = 1
        return kept
    return (rng.random((batch, steps)) > stage.drop).astype(np.float32)


def _augment(
    seen: Tensor,
    source: Tensor,
    shown: Tensor,
    swap: bool,
    stage: Stage,
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One similarity for each sequence, another one for what is shown when swapping.

    Only what the networks see gets noise; what is compared stays as clean as it is known.
    """
    batch = len(seen)
    flip = rng.random((batch, 2)) < (0.5 if stage.flip else 0.0)
    tone = rng.uniform(-0.35, 0.35, batch)
    grain = rng.uniform(0, 0.015, batch)
    pose = _similarity(batch, flip, stage, rng)
    other = _similarity(batch, flip, stage, rng) if swap else pose
    seen = _with_grain(_retone(_resample(seen, pose), tone), grain, rng)
    source = _with_grain(_retone(_resample(source, other), tone), grain, rng)
    return seen, source, _retone(_resample(shown, other), tone), other


def _fields(
    fields: Many[NDArray[np.float16] | None],
    picks: Many[NDArray[np.intp]],
    decoded: NDArray[np.intp],
    pose: Tensor,
) -> Tensor | None:
    """(B, M, 2, h, h) known displacement in the shown pose; None where a sequence lacks it.

    Sampling at A p + b turns u into A^-1 u(A p + b).
    """
    known = [field for field in fields if field is not None]
    if len(known) < len(fields):
        return None
    chosen = np.stack([f[pick[1 + decoded]] for f, pick in zip(known, picks, strict=True)])
    # The fields lead to frame 0; from another reference they are not known.
    chosen[[pick[0] != 0 for pick in picks]] = np.nan
    moved = _resample(torch.from_numpy(chosen.astype(np.float32)), pose, nearest=True)
    inverse = torch.linalg.inv(pose[:, :, :2])
    return torch.einsum("bij,bmjhw->bmihw", inverse, moved)


def _similarity(
    batch: int, flip: NDArray[np.bool_], stage: Stage, rng: np.random.Generator
) -> Tensor:
    """(batch, 2, 3) sampling matrices in normalised coordinates."""
    turn = rng.uniform(-stage.turn, stage.turn, batch)
    zoom = np.exp(rng.uniform(-stage.zoom, stage.zoom, batch))
    shift = rng.uniform(-stage.shift, stage.shift, (batch, 2)) * 2
    sign = np.where(flip, -1.0, 1.0)
    matrix = np.empty((batch, 2, 3), np.float32)
    matrix[:, 0, 0], matrix[:, 0, 1] = np.cos(turn) / zoom, -np.sin(turn) / zoom
    matrix[:, 1, 0], matrix[:, 1, 1] = np.sin(turn) / zoom, np.cos(turn) / zoom
    matrix[:, 0, :2] *= sign[:, :1]
    matrix[:, 1, :2] *= sign[:, 1:]
    matrix[:, :, 2] = shift
    return torch.from_numpy(matrix)


def _resample(pictures: Tensor, matrix: Tensor, nearest: bool = False) -> Tensor:
    batch, steps, channels, height, width = pictures.shape
    flat = pictures.reshape(batch, steps * channels, height, width)
    grid = F.affine_grid(matrix, [batch, 1, height, width], align_corners=False)
    mode = "nearest" if nearest else "bilinear"
    moved = F.grid_sample(flat, grid, mode=mode, padding_mode="border", align_corners=False)
    return moved.view_as(pictures)


def _column(values: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(values.astype(np.float32)).view(-1, 1, 1, 1, 1)


def _retone(pictures: Tensor, tone: NDArray[np.float64]) -> Tensor:
    return pictures.clamp(1e-4, 1) ** _column(np.exp(tone))


def _with_grain(pictures: Tensor, sigma: NDArray[np.float64], rng: np.random.Generator) -> Tensor:
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    grain = torch.randn(pictures.shape, generator=generator)
    return (pictures + _column(sigma) * grain).clamp_(0, 1)
