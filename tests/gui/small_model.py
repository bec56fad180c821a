"""A small motion model without training: smooth fields whose strengths are fitted to the frames.

It keeps the protocol of ``MotionModel`` (reference row zero, filled rows, inverse, refine, sample),
needs no weights, and takes milliseconds, so that stories can drive the whole window.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import Cancelled
from motionstudio.core.handles import HandleGoals, HandleSolution
from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.core.tracks import sample_field
from motionstudio.models.base import (
    Capability,
    Iterate,
    ModelCard,
    Tick,
    Watch,
    always,
    unwatched,
)

SIZE, DIMS = 48, 8
_ALL = (
    Capability.ENCODE | Capability.DECODE | Capability.EDIT | Capability.SAMPLE
    | Capability.INBETWEEN | Capability.DISPLACEMENT | Capability.INVERSE | Capability.REFINE
    | Capability.CYCLIC | Capability.HANDLES
)  # fmt: skip


def small_card(
    name: str = "small", channels: int = 1, capabilities: Capability = _ALL
) -> ModelCard:
    """The card of a small model."""
    return ModelCard(
        name=name,
        system="small",
        title="A small model for tests",
        capabilities=capabilities,
        rows=RowKind.FRAME,
        channels=channels,
        size=SIZE,
        dims=DIMS,
        hash=f"small-{channels}",
    )


def fields() -> Float:
    """(D, 2, S, S) smooth displacement fields of strength 1 pixel, zero at the border."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / (SIZE - 1) * 2 - 1
    window = np.clip(1 - x**2, 0, 1) * np.clip(1 - y**2, 0, 1)
    nothing = np.zeros_like(x)
    parts = [(x, y), (-y, x), (np.ones_like(x), nothing), (nothing, np.ones_like(x)),
             (x, -y), (y, x), (x * x, nothing), (nothing, y * y)]  # fmt: skip
    return np.stack([np.stack([u, v]) * window * 4 for u, v in parts]).astype(np.float32)


class SmallModel:
    """See the module. While ``gate`` is closed every decode waits: a slow model at will."""

    def __init__(self, card: ModelCard, on_decode: Callable[[], None] = lambda: None) -> None:
        self.card = card
        self.gate = threading.Event()
        self.gate.set()
        self.decodes = 0
        self._on_decode = on_decode
        self._fields = fields()

    def to(self, device: str) -> None:
        """Nothing to move."""

    def encode(
        self,
        frames: Float,
        kept: NDArray[np.bool_],
        times: NDArray[np.float64],
        *,
        cyclic: bool = False,
        period: float | None = None,
        tick: Tick = always,
    ) -> Motion:
        """Least squares on the linearised difference to the reference; gaps interpolated."""
        count = len(frames)
        grey = frames.mean(1)
        down, right = np.gradient(grey[0])
        basis = (self._fields[:, 0] * right + self._fields[:, 1] * down).reshape(DIMS, -1).T
        system = basis.T @ basis + 0.05 * np.eye(DIMS)
        mean = np.zeros((count, DIMS), np.float32)
        for t in range(1, count):
            if not tick(t / count):
                raise Cancelled
            if kept[t]:
                difference = (grey[t] - grey[0]).reshape(-1)
                mean[t] = np.linalg.solve(system, basis.T @ difference).clip(-1.5, 1.5)
        known = np.flatnonzero(kept)
        for dim in range(DIMS):
            mean[:, dim] = np.interp(np.arange(count), known, mean[known, dim])
        std = np.where(kept[:, None], 0.1, 0.3) * np.ones((1, DIMS))
        return Motion(
            mean=mean,
            std=std.astype(np.float32),
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.FRAME,
            row_times=np.stack([times, times], 1),
            filled=~kept,
            cyclic=cyclic,
            model=self.card.name,
            model_hash=self.card.hash,
        )

    def decode(
        self,
        motion: Motion,
        source: Float,
        rows: Sequence[int],
        *,
        inverse: bool = False,
        fast: bool = False,
        tick: Tick = always,
    ) -> Decoded:
        """The weighted sum of the fields; the inverse by negation, good for small motion."""
        self.decodes += 1
        self._on_decode()
        assert self.gate.wait(timeout=60), "the test never opened the gate"
        weights: NDArray[Any] = motion.mean[list(rows)]
        displacement = np.tensordot(weights, self._fields, 1).astype(np.float32)
        return Decoded(None, displacement, -displacement if inverse else None)

    def solve(
        self,
        motion: Motion,
        source: Float,
        row: int,
        goals: HandleGoals,
        *,
        start: Float | None = None,
        dims: Sequence[int] | None = None,
        steps: int = 8,
        prior_weight: float = 0.05,
        tick: Tick = always,
    ) -> HandleSolution:
        """Least squares: the inverse field is linear in the row."""
        if not tick(1.0):
            raise Cancelled
        parts = np.stack([sample_field(-part, goals.points) for part in self._fields], -1)
        system = parts.reshape(-1, DIMS)
        wanted = (goals.targets - goals.points).reshape(-1) - system @ motion.mean[row]
        grip = system.T @ system + 1e-4 * np.eye(DIMS)
        change = np.linalg.solve(grip, system.T @ wanted)
        values = (motion.mean[row] + change).astype(np.float32)
        reached = goals.points + parts @ values
        return HandleSolution(values, reached.astype(np.float32), 0, 1)

    def sample(
        self,
        source: Float,
        times: NDArray[np.float64],
        *,
        seed: int,
        temperature: float = 1.0,
        mode: str = "learned",
        cyclic: bool = False,
        period: float | None = None,
    ) -> Motion:
        """Sines of random strength."""
        strength = np.random.default_rng(seed).standard_normal(DIMS) * temperature
        phase = np.sin(np.linspace(0, np.pi, len(times)))[:, None]
        kept = np.ones(len(times), np.bool_)
        empty = np.zeros((len(times), *source.shape), np.float32)
        plain = self.encode(empty, kept, times, cyclic=cyclic)
        mean = (phase * strength).astype(np.float32)
        mean[0] = 0
        return Motion(
            mean=mean, std=plain.std, kept=kept, times=times, rows=plain.rows,
            row_times=plain.row_times, filled=plain.filled, cyclic=cyclic,
            model=plain.model, model_hash=plain.model_hash,
        )  # fmt: skip

    def refine(
        self,
        motion: Motion,
        frames: Float,
        *,
        steps: int = 60,
        rows: Sequence[int] | None = None,
        watch: Watch = unwatched,
        tick: Tick = always,
    ) -> Motion:
        """Exaggerates a little, step by step, and leaves a note in the state."""
        mean = motion.mean.copy()
        for step in range(steps):
            if not tick((step + 1) / steps):
                raise Cancelled
            chosen = slice(None) if rows is None else list(rows)
            mean[chosen] *= np.float32(1.002)
            row = 1 if rows is None else rows[0]
            watch(Iterate(replace(motion, mean=mean.copy()), row, 0.01 / (step + 1)))
        mean[0] = 0
        return Motion(
            mean=mean, std=motion.std, kept=motion.kept, times=motion.times, rows=motion.rows,
            row_times=motion.row_times, filled=motion.filled, cyclic=motion.cyclic,
            model=motion.model, model_hash=motion.model_hash,
            state={"note": np.ones(3)},
        )  # fmt: skip
