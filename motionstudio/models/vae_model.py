"""VAEs behind the common protocol: rows are latents relative to the reference's.

A row is ``z_t - z_0``: zero at rest, and what is added to the latent of whatever picture it is
decoded on. Pictures are generated whole; there is no displacement.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.inbetween import REACH, filled_rows
from motionstudio.core.motion import ORIGIN, Decoded, Float, Motion, RowKind
from motionstudio.core.phase import phases
from motionstudio.models.base import Capability, ModelCard, Tick, Unsupported, advance, always
from motionstudio.models.configuration import of_card, to_plain
from motionstudio.models.inputs import check_frames, check_source, load_weights
from motionstudio.models.motion_space import MotionSpace
from motionstudio.models.prediction import Futures, Reveal, unrevealed
from motionstudio.models.refusals import WithoutRefining
from motionstudio.models.scoring import Score
from motionstudio.models.vae import VAE, VAEConfig
from motionstudio.models.vae_future import rows_ahead
from motionstudio.models.vae_objective import entropy_floor, evidence_bound, importance_bound

SYSTEMS = ("vae", "inbetween")
CAPABILITIES = (
    Capability.ENCODE
    | Capability.DECODE
    | Capability.EDIT
    | Capability.SAMPLE
    | Capability.INBETWEEN
    | Capability.LIKELIHOOD
)

# As for the other systems: equal chunks on a GPU, one row at a time elsewhere.
GPU_CHUNK = 8
_SCORED = 32
_KNOTS = 4


class VAEModel(WithoutRefining):
    """A VAE checkpoint; see :class:`motionstudio.models.base.MotionModel`.

    Args:
        card: the checkpoint's card; its ``config`` are the fields of :class:`VAEConfig`.
        weights: arrays by name, of any precision: those of :class:`VAE`, and the space of
            learned motions.

    Raises:
        MotionStudioError: weights and configuration do not belong together.
    """

    def __init__(self, card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
        self._card = card
        self.config = of_card(card, VAEConfig)
        self.network = VAE(self.config)
        load_weights(card, self.network, weights, beside="space.")
        self._space = _space(weights)
        self._device = torch.device("cpu")
        self._sources: OrderedDict[bytes, Float] = OrderedDict()

    @property
    def card(self) -> ModelCard:
        """The checkpoint's card."""
        return self._card

    def to(self, device: str) -> None:
        """Move the weights to ``device``."""
        self._device = torch.device(device)
        self.network.to(self._device)
        self._sources.clear()

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
        """Rows of (T, C, S, S) frames; those of dropped frames lie on straight lines in time.

        The model sees single frames. After the last kept frame rows stand still, or with
        ``PREDICT`` go straight on for a few frames. ``cyclic`` and ``period`` change nothing.
        """
        check_frames(self._card.system, self.config.shape, frames, kept, times)
        seen = np.flatnonzero(kept)
        mean = np.empty((len(seen), self.config.dims), np.float32)
        std = np.empty_like(mean)
        for place, frame in enumerate(seen):
            mean[place], std[place] = self._posterior(frames[frame])
            advance(tick, (place + 1) / len(seen))
        reach = REACH if Capability.PREDICT in self._card.capabilities else 0
        rows = filled_rows(mean - mean[0], times[seen], times, reach=reach)
        spread = filled_rows(std, times[seen], times)
        spread[0] = 0
        return self._motion(rows, spread, kept, times, {ORIGIN: mean[:1]})

    @torch.no_grad()
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
        """Generated frames of ``rows`` from the latent of ``source``; see the protocol.

        ``inverse`` and ``fast`` change nothing.
        """
        check_source(self._card.system, self.config.shape, source)
        values = torch.from_numpy(self._origin(source) + motion.mean[list(rows)])
        frames = np.empty((len(rows), *self.config.shape), np.float32)
        chunk = 1 if self._device.type == "cpu" else GPU_CHUNK
        for start in range(0, len(rows), chunk):
            stop = min(start + chunk, len(rows))
            block = torch.zeros(chunk, self.config.dims)
            block[: stop - start] = values[start:stop]
            made = self.network.pictures(block.to(self._device))
            frames[start:stop] = made[: stop - start].cpu().numpy()
            advance(tick, stop / len(rows))
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
        """A new motion for ``source``: like those of training, or from draws of the prior.

        ``prior`` goes straight from the source to one draw of the prior after another.

        Raises:
            ValueError: another mode than ``learned`` or ``prior``.
        """
        check_source(self._card.system, self.config.shape, source)
        rng = np.random.default_rng(seed)
        position = phases(times, cyclic, period)
        if mode == "learned" and self._space is not None:
            mean = self._space.sample(rng, position, temperature, cyclic)
        elif mode in ("learned", "prior"):
            mean = self._walk(rng, self._origin(source), position, temperature, cyclic)
        else:
            raise ValueError(f"sample: expected mode learned or prior, got {mode!r}")
        mean[0] = 0
        kept = np.arange(len(times)) == 0
        return self._motion(mean, None, kept, times, {})

    @torch.no_grad()
    def score(self, frames: Float, *, samples: int, seed: int, tick: Tick = always) -> Score:
        """Bounds of the log likelihood of (T, C, S, S) frames, in nats; see the protocol."""
        check_source(self._card.system, self.config.shape, frames[0])
        generator = torch.Generator().manual_seed(seed)
        bounds: list[NDArray[np.float32]] = []
        for start in range(0, len(frames), _SCORED):
            pictures = torch.from_numpy(np.ascontiguousarray(frames[start : start + _SCORED]))
            shape = (samples, len(pictures), self.config.dims)
            noise = torch.randn(shape, generator=generator).to(self._device)
            floor, pictures = entropy_floor(self.config, pictures), pictures.to(self._device)
            both = (
                evidence_bound(self.network, pictures, noise),
                importance_bound(self.network, pictures, noise),
            )
            bounds.append(torch.stack([*both, floor]).numpy())
            advance(tick, min(1.0, (start + _SCORED) / len(frames)))
        elbo, weighted, floor_nats = np.concatenate(bounds, 1)
        return Score(elbo, weighted, floor_nats, samples)

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
        """Straight on in latent space from the last two frames; see ``rows_ahead``.

        Raises:
            Unsupported: nothing made the latent paths of this checkpoint straight.
        """
        if Capability.PREDICT not in self._card.capabilities:
            raise Unsupported(Capability.PREDICT, self._card.name)
        check_source(self._card.system, self.config.shape, past[-1])
        mean, std = (np.stack(part) for part in zip(*map(self._posterior, past[-2:]), strict=True))
        rows = rows_ahead(mean, std, count, futures=futures, seed=seed, temperature=temperature)
        frames = np.zeros((futures, count, *self.config.shape), np.float32)
        for number in range(futures):
            made = self.network.pictures(torch.from_numpy(rows[number]).to(self._device))
            frames[number] = made.cpu().numpy()
            advance(tick, (number + 1) / futures)
        # Rows of motions are relative to the reference's latent.
        return Futures(frames, rows - self._origin(past[0])[None])

    def _walk(
        self,
        rng: np.random.Generator,
        origin: Float,
        position: Float,
        temperature: float,
        cyclic: bool,
    ) -> Float:
        knots = temperature * rng.standard_normal((_KNOTS + 1, self.config.dims)) - origin
        knots[0] = 0
        if cyclic:
            knots[-1] = 0
        places = np.linspace(0, 1, _KNOTS + 1)
        return np.stack([np.interp(position, places, k) for k in knots.T], 1).astype(np.float32)

    def _motion(
        self,
        mean: Float,
        std: Float | None,
        kept: NDArray[np.bool_],
        times: NDArray[np.float64],
        state: Mapping[str, NDArray[np.generic]],
    ) -> Motion:
        return Motion(
            mean=mean,
            std=std,
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.FRAME,
            row_times=np.stack([times, times], 1),
            filled=~kept,
            model=self._card.name,
            model_hash=self._card.hash,
            state=state,
        )

    def _posterior(self, picture: Float) -> tuple[Float, Float]:
        """Mean and standard deviation, (D,) each, of one picture."""
        tensor = torch.from_numpy(np.ascontiguousarray(picture)[None]).to(self._device)
        mean, log_variance = self.network.posterior(tensor)
        found: Tensor = torch.cat([mean, (0.5 * log_variance).exp()]).cpu()
        return found[0].numpy(), found[1].numpy()

    def _origin(self, source: Float) -> Float:
        """(1, D) latent of a picture."""
        key = source.tobytes()
        if key not in self._sources:
            with torch.no_grad():
                self._sources[key] = self._posterior(source)[0][None]
            while len(self._sources) > 16:
                self._sources.popitem(last=False)
        self._sources.move_to_end(key)
        return self._sources[key]


def _space(weights: Mapping[str, NDArray[Any]]) -> MotionSpace | None:
    """The space of learned motions; pictures that never were sequences have none."""
    if "space.mean" not in weights:
        return None
    return MotionSpace.from_arrays(weights)


def card_of(name: str, system: str, config: VAEConfig, **facts: Any) -> ModelCard:
    """The card of a checkpoint of one of ``SYSTEMS``; ``facts`` are further fields of it."""
    flags = CAPABILITIES
    if system == "inbetween" and config.alpha > 0:
        flags |= Capability.PREDICT
    return ModelCard(
        name=name,
        system=system,
        title=facts.pop("title", name),
        capabilities=flags,
        rows=RowKind.FRAME,
        channels=config.channels,
        size=config.size,
        dims=config.dims,
        # With the term, straight ways between latents are what is trained for.
        filling="learned" if config.alpha > 0 else "linear",
        config=to_plain(config),
        **facts,
    )


def create(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> VAEModel:
    """The factory that the registry calls."""
    return VAEModel(card, weights)
