"""Visual Dynamics behind the common protocol: a row is what happens between two frames.

Row t leads from frame t to frame t + 1. Decoding rolls out: it starts from the source and adds
one difference image after the other, so an edit changes its own frame and all later ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.motion import FORCED, TRUTH, Decoded, Float, Motion, OverlayName, RowKind
from motionstudio.models.base import Capability, ModelCard, Tick, Unsupported, advance, always
from motionstudio.models.configuration import of_card, to_plain
from motionstudio.models.inputs import check_frames, check_source, load_weights
from motionstudio.models.prediction import Futures, Reveal, unrevealed
from motionstudio.models.refusals import WithoutRefining
from motionstudio.models.scoring import Score
from motionstudio.models.visual_dynamics import (
    VisualDynamics,
    VisualDynamicsConfig,
    bound,
    importance,
)
from motionstudio.models.visual_dynamics_bank import Bank
from motionstudio.models.visual_dynamics_rollout import RollOut

SYSTEM = "visual_dynamics"
TITLE = "Visual Dynamics, after Xue et al. 2016"
CAPABILITIES = (
    Capability.ENCODE
    | Capability.DECODE
    | Capability.EDIT
    | Capability.TRANSPORT
    | Capability.PREDICT
    | Capability.EMBED
)
OVERLAYS: tuple[OverlayName, ...] = (
    "difference image",
    "kernels",
    "features before",
    "features after",
)


class VisualDynamicsModel(WithoutRefining):
    """A checkpoint of Visual Dynamics; see :class:`motionstudio.models.base.MotionModel`.

    Args:
        card: the checkpoint's card; its ``config`` are the fields of ``VisualDynamicsConfig``.
        weights: arrays by name, of any precision: those of ``VisualDynamics``, and the bank.

    Raises:
        MotionStudioError: weights and configuration do not belong together.
    """

    def __init__(self, card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
        self._card = card
        self.config = of_card(card, VisualDynamicsConfig)
        self.network = VisualDynamics(self.config)
        load_weights(card, self.network, weights, beside="bank.")
        self.bank = Bank.from_arrays(weights)
        self._device = torch.device("cpu")
        self._roll_out = RollOut(self.network, self._device)

    @property
    def card(self) -> ModelCard:
        """The checkpoint's card."""
        return self._card

    def to(self, device: str) -> None:
        """Move the weights to ``device``."""
        self._device = torch.device(device)
        self.network.to(self._device)
        self._roll_out = RollOut(self.network, self._device)

    @torch.no_grad()
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
        """T - 1 rows of (T, C, S, S) frames: what happens from each one to the next.

        A step over dropped frames is divided evenly among its rows, which is approximate: half of
        z is not half of a motion. After the last kept frame rows are 0, the most likely step.
        ``cyclic`` and ``period`` change nothing.
        """
        check_frames(SYSTEM, self.config.shape, frames, kept, times)
        seen = np.flatnonzero(kept)
        shape = len(frames) - 1, self.config.dims
        mean, std = np.zeros(shape, np.float32), np.ones(shape, np.float32)
        for number, (first, last) in enumerate(itertools.pairwise(seen)):
            found = self.network.posterior(self._tensor(frames[first]), self._tensor(frames[last]))
            share = 1 if not self.config.varies else last - first
            mean[first:last] = found.mean[0].cpu().numpy() / share
            std[first:last] = found.log_std[0].exp().cpu().numpy() / share
            advance(tick, (number + 1) / (len(seen) - 1))
        known = np.where(kept[:, None, None, None], frames, 0)
        state = {TRUTH: np.rint(known * 255).astype(np.uint8), FORCED: np.zeros(1, np.bool_)}
        spread = std if self.config.varies else None
        return self._motion(mean, spread, kept, times, state, filled=~(kept[1:] & kept[:-1]))

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
        """Frames (n, C, S, S) at the ends of ``rows``, rolled out from ``source``.

        Where the motion's state says ``FORCED``, each step starts from the true frame instead.
        """
        check_source(SYSTEM, self.config.shape, source)
        frames = np.empty((len(rows), *self.config.shape), np.float32)
        for number, row in enumerate(rows):
            frames[number] = self._roll_out.picture(motion, source, int(row))
            advance(tick, (number + 1) / len(rows))
        return Decoded(frames=frames)

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
        """What may happen next: ``learned`` from encoded training pairs, ``prior`` from N(0, I).

        Raises:
            Unsupported: the deterministic kind has one future only.
            ValueError: another mode than ``learned`` or ``prior``.
        """
        if Capability.SAMPLE not in self._card.capabilities:
            raise Unsupported(Capability.SAMPLE, self._card.name)
        check_source(SYSTEM, self.config.shape, source)
        rng = np.random.default_rng(seed)
        mean = self._draw(rng, len(times) - 1, temperature, mode)
        kept = np.arange(len(times)) == 0
        nothing = np.zeros(len(mean), np.bool_)
        return self._motion(mean, None, kept, times, {}, filled=nothing)

    @torch.no_grad()
    def predict(
        self,
        past: Float,
        count: int,
        *,
        futures: int = 1,
        seed: int = 0,
        temperature: float = 1.0,
        reveal: Reveal = unrevealed,
        tick: Tick = always,
    ) -> Futures:
        """``count`` frames after the last of ``past``, of which no other is looked at."""
        check_source(SYSTEM, self.config.shape, past[-1])
        rngs = [np.random.default_rng([seed, number]) for number in range(futures)]
        drawn = [self._draw(rng, count, temperature, "learned") for rng in rngs]
        rows = np.stack(drawn)
        frames = np.zeros((futures, count, *self.config.shape), np.float32)
        known = np.zeros((futures, count, *self.config.shape[1:]), np.bool_)
        now = np.repeat(past[-1][None], futures, 0).astype(np.float32)
        for step in range(count):
            if not self.config.varies:
                rows[:, step] = self._expected(now)
            now = self._roll_out.stepped(now, rows[:, step])
            frames[:, step], known[:, step] = now, True
            reveal(Futures(frames.copy(), rows, known.copy()))
            advance(tick, (step + 1) / count)
        return Futures(frames, rows)

    @torch.no_grad()
    def score(self, frames: Float, *, samples: int, seed: int, tick: Tick = always) -> Score:
        """Bounds of the log density of each frame of (T, C, S, S) given the one before, in nats.

        Frame 0 follows nothing: its figures are NaN. The floor is the constant of the Gaussian,
        what a perfect prediction costs.
        """
        if Capability.LIKELIHOOD not in self._card.capabilities:
            raise Unsupported(Capability.LIKELIHOOD, self._card.name)
        generator = torch.Generator().manual_seed(seed)
        found = np.full((3, len(frames)), np.nan, np.float32)
        for frame in range(1, len(frames)):
            before, after = (
                self._tensor(frames[t]).expand(samples, -1, -1, -1) for t in (frame - 1, frame)
            )
            noise = torch.randn(samples, self.config.dims, generator=generator).to(self._device)
            terms = bound(self.network, before, after, noise)
            floor = terms.reconstruction - terms.squared / (2 * self.config.sigma**2)
            weighted = importance(self.network, before, after, noise)
            nats = (terms.reconstruction + terms.divergence).double().mean()
            found[:, frame] = -float(nats), float(weighted), float(floor[0])
            advance(tick, frame / (len(frames) - 1))
        return Score(found[0], found[1], found[2], samples, given=1)

    def embed(self, frames: Float) -> Float:
        """(D,) of unit length: the mean row of (T, C, S, S) frames."""
        count = len(frames)
        motion = self.encode(frames, np.ones(count, np.bool_), np.arange(count, dtype=np.float64))
        mean = motion.mean.mean(0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-8), np.float32)

    @torch.no_grad()
    def overlays(
        self,
        motion: Motion,
        source: Float,
        row: int,
        names: Sequence[str],
        *,
        frame: Float | None = None,
    ) -> dict[str, Float]:
        """What leads to the frame at the end of ``row``; see ``core.dynamics_maps``."""
        seen = self._roll_out.glance(motion, source, row)
        made: dict[str, Float] = {}
        for name in names:
            if name == "difference image":
                made[name] = seen.difference[0].cpu().numpy()
            elif name == "kernels" and seen.kernels is not None:
                made[name] = seen.kernels[0].cpu().numpy()
            elif name in ("features before", "features after"):
                made[name] = _sheet(seen.before if name.endswith("before") else seen.after)
        return made

    def _draw(self, rng: np.random.Generator, count: int, temperature: float, mode: str) -> Float:
        """(n, D) rows that chance gives."""
        if mode == "learned":
            return self.bank.draw(rng, count, temperature)
        if mode == "prior":
            drawn = rng.standard_normal((count, self.config.dims), np.float32)
            return np.asarray(drawn * np.float32(temperature), np.float32)
        raise ValueError(f"sample: expected mode learned or prior, got {mode!r}")

    def _expected(self, pictures: Float) -> Float:
        """(N, D) what the deterministic kind expects of (N, C, S, S) pictures."""
        rows = [
            self.network.posterior(self._tensor(p), self._tensor(p)).mean[0].cpu().numpy()
            for p in pictures
        ]
        return np.stack(rows)

    def _motion(
        self,
        mean: Float,
        std: Float | None,
        kept: NDArray[np.bool_],
        times: NDArray[np.float64],
        state: Mapping[str, NDArray[np.generic]],
        *,
        filled: NDArray[np.bool_],
    ) -> Motion:
        return Motion(
            mean=mean,
            std=std,
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.PAIR,
            row_times=np.stack([times[:-1], times[1:]], 1),
            filled=filled,
            model=self._card.name,
            model_hash=self._card.hash,
            state=state,
        )

    def _tensor(self, picture: Float) -> Tensor:
        """(1, C, S, S)."""
        array = np.ascontiguousarray(picture, np.float32)[None]
        return torch.from_numpy(array).to(self._device)


def _sheet(maps: Sequence[Tensor]) -> Float:
    """(scales, M, S, S) of maps (1, M, S_s, S_s), the smaller ones enlarged to the first."""
    size = maps[0].shape[-2:]
    raised = [torch.nn.functional.interpolate(each, size=size) for each in maps]
    found: Float = torch.cat(raised).cpu().numpy()
    return found


def capabilities_of(config: VisualDynamicsConfig) -> Capability:
    """What a kind of model can do: one future has no samples, no prior has no likelihood."""
    flags = CAPABILITIES
    if config.varies:
        flags |= Capability.SAMPLE
    if config.has_prior:
        flags |= Capability.LIKELIHOOD
    return flags


def card_of(name: str, config: VisualDynamicsConfig, **facts: Any) -> ModelCard:
    """The card of a checkpoint; ``facts`` are further fields of it."""
    return ModelCard(
        name=name,
        system=SYSTEM,
        title=facts.pop("title", TITLE),
        capabilities=capabilities_of(config),
        rows=RowKind.PAIR,
        channels=config.channels,
        size=config.size,
        dims=config.dims,
        overlays=OVERLAYS if config.has_kernels else OVERLAYS[:1],
        draws=True,
        filling="linear",
        context=1,
        one_future=not config.varies,
        config=to_plain(config),
        **facts,
    )


def create(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> VisualDynamicsModel:
    """The factory that the registry calls."""
    return VisualDynamicsModel(card, weights)
