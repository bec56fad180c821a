"""Recomposing sequences behind the common protocol: it looks at motion and draws no pictures.

Row t of the matrix is what the network holds after frames 0 to t + 1. Nothing is decoded from it;
it serves for reading, searching and comparing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from motionstudio.core.inbetween import filled_rows
from motionstudio.core.motion import DISTANCE, TRUTH, Float, Motion, RowKind
from motionstudio.models.base import (
    Capability,
    ModelCard,
    Tick,
    advance,
    always,
)
from motionstudio.models.configuration import of_card, to_plain
from motionstudio.models.inputs import check_frames, check_source, check_weights
from motionstudio.models.recomposer import Links
from motionstudio.models.recomposing import (
    Recomposing,
    RecomposingConfig,
    unit,
)
from motionstudio.models.refusals import WithoutPictures, WithoutRefining, WithoutSamples

SYSTEM = "recomposing"
CAPABILITIES = Capability.ENCODE | Capability.EMBED | Capability.COMPOSE
_CHUNK = 64
_WALKED = 8


class RecomposingModel(WithoutPictures, WithoutSamples, WithoutRefining):
    """A checkpoint; see :class:`motionstudio.models.base.MotionModel` and ``Recomposer``.

    Args:
        card: the checkpoint's card; its ``config`` are the fields of :class:`RecomposingConfig`.
        weights: arrays by name, of any precision.

    Raises:
        MotionStudioError: weights and configuration do not belong together.
    """

    def __init__(self, card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
        self._card = card
        self.config = of_card(card, RecomposingConfig)
        self.network = Recomposing(self.config)
        tensors = {name: _tensor(value) for name, value in weights.items()}
        check_weights(card, self.network, tensors)
        self.network.load_state_dict(tensors)
        self.network.eval()
        self._device = torch.device("cpu")

    @property
    def card(self) -> ModelCard:
        """The checkpoint's card."""
        return self._card

    @property
    def identity(self) -> Float:
        """(D,) unit vector of sequences that come back to where they began."""
        found: Float = unit(self.network.identity).cpu().numpy()
        return found

    def to(self, device: str) -> None:
        """Move the weights to ``device``."""
        self._device = torch.device(device)
        self.network.to(self._device)

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
        """T - 1 rows: the state after each frame but the first.

        Dropped frames are stepped over: their rows lie on straight lines in time between those
        of kept ones. ``state`` holds each row's distance to the identity, and the frames, which
        its map is made from. ``cyclic`` and ``period`` change nothing.
        """
        check_frames(SYSTEM, self.config.shape, frames, kept, times)
        seen = np.flatnonzero(kept)
        links = list(zip(seen[:-1].tolist(), seen[1:].tolist(), strict=True))
        states = self._states(frames, links, tick)
        still = np.zeros((1, self.config.dims), np.float32)
        rows = filled_rows(np.concatenate([still, states]), times[seen], times)[1:]
        return Motion(
            mean=rows,
            std=None,
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.PREFIX,
            row_times=np.stack([np.full(len(times) - 1, times[0]), times[1:]], 1),
            filled=~kept[1:],
            model=self._card.name,
            model_hash=self._card.hash,
            state={
                DISTANCE: self._distance(rows),
                TRUTH: np.rint(frames * kept[:, None, None, None] * 255).astype(np.uint8),
            },
        )

    @torch.no_grad()
    def recompose(self, frames: Float, chains: Sequence[Links], *, tick: Tick = always) -> Float:
        """(n, D) unit vectors of ``chains``; see ``Recomposer``.

        Every pair of frames goes through the network once, however many chains have it.

        Raises:
            ValueError: a chain is empty, or a link leads out of the frames.
        """
        check_source(SYSTEM, self.config.shape, frames[0])
        links = _checked(chains, len(frames))
        place = {link: number for number, link in enumerate(links)}
        features = self._pairs(frames, links, tick)
        found = np.empty((len(chains), self.config.dims), np.float32)
        lengths = np.array([len(chain) for chain in chains])
        for length in sorted(set(lengths.tolist())):
            chosen = np.flatnonzero(lengths == length)
            order = torch.tensor([[place[link] for link in chains[i]] for i in chosen.tolist()])
            for start in range(0, len(chosen), _CHUNK):
                block = features[order[start : start + _CHUNK].to(self._device)]
                ends = unit(self.network.compose(block)[:, -1])
                found[chosen[start : start + _CHUNK]] = ends.cpu().numpy()
                advance(tick, 1.0)
        return found

    def overlays(
        self,
        motion: Motion,
        source: Float,
        row: int,
        names: Sequence[str],
        *,
        frame: Float | None = None,
    ) -> dict[str, Float]:
        """``saliency``: (1, S, S) in [0, 1], what shows the motion up to this frame.

        The last few kept frames are walked; ``source`` and ``frame`` change nothing.
        """
        seen = motion.state.get(TRUTH)
        if "saliency" not in names or seen is None:
            return {}
        last = np.flatnonzero(motion.kept[: row + 2])[-_WALKED:]
        frames: Float = (np.asarray(seen)[last] / 255).astype(np.float32)
        if len(frames) < 2:
            return {"saliency": np.zeros((1, *frames.shape[-2:]), np.float32)}
        return {"saliency": self.saliency(frames)[-1:]}

    def saliency(self, frames: Float) -> Float:
        """(T, S, S) in [0, 1] for a walk over ``frames`` (T, C, S, S).

        The gradient of the distance to the identity with respect to each pixel, its size summed
        over colours, smoothed over 3 x 3 pixels; the largest of the sequence is 1.
        """
        check_source(SYSTEM, self.config.shape, frames[0])
        # The engine runs in inference mode, which knows no gradients.
        with torch.inference_mode(False), torch.enable_grad():
            shown = torch.tensor(frames, device=self._device, requires_grad=True)
            features = self.network.pairs(shown[:-1], shown[1:])
            end = unit(self.network.compose(features[None])[0, -1])
            distance = 1 - (end * unit(self.network.identity.clone())).sum()
            (slope,) = torch.autograd.grad(distance, shown)
            size = slope.abs().sum(1, keepdim=True)
            smooth = F.avg_pool2d(F.pad(size, (1, 1, 1, 1), mode="replicate"), 3, 1)[:, 0]
            maps = smooth / smooth.max().clamp(min=1e-12)
        found: Float = maps.detach().cpu().numpy()
        return found

    def _states(self, frames: Float, links: Links, tick: Tick) -> Float:
        """(L, D) after each of the links."""
        if not links:
            return np.zeros((0, self.config.dims), np.float32)
        features = self._pairs(frames, links, tick)
        states: Float = self.network.compose(features[None])[0].cpu().numpy()
        return states

    def _pairs(self, frames: Float, links: Links, tick: Tick) -> Tensor:
        """(L, F) of pairs of frames."""
        parts = []
        for start in range(0, len(links), _CHUNK):
            chosen = links[start : start + _CHUNK]
            first = torch.from_numpy(frames[[a for a, _ in chosen]]).to(self._device)
            second = torch.from_numpy(frames[[b for _, b in chosen]]).to(self._device)
            parts.append(self.network.pairs(first, second))
            advance(tick, min(1.0, (start + _CHUNK) / len(links)))
        return torch.cat(parts)

    def _distance(self, rows: Float) -> Float:
        """(R, 1) ``1 - cos`` to the identity; 1 where a row is nothing."""
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        near = rows / np.maximum(length, 1e-8) @ self.identity[:, None]
        away: Float = (1 - near).astype(np.float32)
        return away


def _tensor(value: NDArray[Any]) -> Tensor:
    whole = np.issubdtype(value.dtype, np.integer)
    return torch.from_numpy(np.array(value, np.int64 if whole else np.float32))


def _checked(chains: Sequence[Links], count: int) -> list[tuple[int, int]]:
    """The different links of all chains."""
    links = sorted({link for chain in chains for link in chain})
    if any(not len(chain) for chain in chains) or not links:
        raise ValueError(f"recompose: expected chains of one link or more, got {chains!r}")
    reach = {frame for link in links for frame in link}
    if min(reach) < 0 or max(reach) >= count:
        raise ValueError(f"recompose: expected frames 0 to {count - 1}, got {sorted(reach)}")
    return links


def card_of(name: str, config: RecomposingConfig, **facts: Any) -> ModelCard:
    """The card of a checkpoint of this system; ``facts`` are further fields of the card."""
    return ModelCard(
        name=name,
        system=SYSTEM,
        capabilities=CAPABILITIES,
        rows=RowKind.PREFIX,
        channels=config.channels,
        size=config.size,
        dims=config.dims,
        overlays=("saliency",),
        config=to_plain(config),
        filling="linear",
        **facts,
    )


def create(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> RecomposingModel:
    """The factory that the registry names."""
    return RecomposingModel(card, weights)
