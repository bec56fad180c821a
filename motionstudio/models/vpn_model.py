"""Video Pixel Networks behind the common protocol: they read and continue, and edit nothing.

A row is what the memory holds after a frame, averaged over the picture, relative to the
reference's. Pictures are not made from rows: a sequence is continued by drawing its pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.motion import ORIGIN, Float, Motion, RowKind
from motionstudio.models.base import Capability, ModelCard, Tick, advance, always
from motionstudio.models.configuration import of_card, to_plain
from motionstudio.models.inputs import check_frames, check_source, load_weights
from motionstudio.models.prediction import Futures, Reveal, unrevealed
from motionstudio.models.refusals import WithoutPictures, WithoutRefining, WithoutSamples
from motionstudio.models.scoring import Score
from motionstudio.models.vpn import VPN, Memory, VPNConfig
from motionstudio.models.vpn_sampling import TellerOf, draw, teller_of

SYSTEM = "vpn"
TITLE = "Video Pixel Network, after Kalchbrenner et al. 2016"
CAPABILITIES = Capability.ENCODE | Capability.PREDICT | Capability.LIKELIHOOD | Capability.EMBED
SURPRISE: Literal["surprise"] = "surprise"
"""Overlay and key in ``Motion.state``: (T, S, S) float32 nats of each pixel, all channels
together; NaN where a frame was dropped."""

_REVEALS = 64
# Frames that are told anew without the one before them.
_AFTER = 2


class VPNModel(WithoutPictures, WithoutSamples, WithoutRefining):
    """A VPN checkpoint; see :class:`motionstudio.models.base.MotionModel`.

    Args:
        card: the checkpoint's card; its ``config`` are the fields of :class:`VPNConfig`.
        weights: arrays by name, those of :class:`VPN`, of any floating type.

    Raises:
        MotionStudioError: weights and configuration do not belong together.
    """

    def __init__(self, card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
        self._card = card
        self.config = of_card(card, VPNConfig)
        self.network = VPN(self.config)
        load_weights(card, self.network, weights)
        self._device = torch.device("cpu")

    @property
    def card(self) -> ModelCard:
        """The checkpoint's card."""
        return self._card

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
        """Rows of (T, C, S, S) frames, T >= 2, and the surprise of each pixel.

        At a dropped frame the memory stays as it is. Times, ``cyclic`` and ``period`` change
        nothing: the model counts frames.
        """
        check_frames(SYSTEM, self._shape, frames, kept, times)
        rows = np.empty((len(frames), self.config.width), np.float32)
        surprise = np.full((len(frames), *self._shape[1:]), np.nan, np.float32)
        memory = self.network.begin(1)
        for number, frame in enumerate(frames):
            if kept[number]:
                picture = self._picture(frame)
                surprise[number] = self._nats(memory[0], picture).sum(0)
                memory = self.network.watch(picture[:, None], memory)[0]
            rows[number] = memory[0].mean((0, 2, 3)).cpu().numpy()
            advance(tick, (number + 1) / len(frames))
        return Motion(
            mean=rows - rows[0],
            std=None,
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.FRAME,
            row_times=np.stack([times, times], 1),
            filled=~kept,
            model=self._card.name,
            model_hash=self._card.hash,
            state={ORIGIN: rows[:1].copy(), SURPRISE: surprise},
        )

    @torch.no_grad()
    def score(
        self, frames: Float, *, samples: int = 0, seed: int = 0, tick: Tick = always
    ) -> Score:
        """The exact log likelihood of (T, C, S, S) frames, each given those before it.

        Nothing is drawn, so ``samples`` and ``seed`` change nothing and ``Score.samples`` is 0.
        Greys are rounded to the levels of the model. The floor is the mean of the generator
        that the model was trained on.
        """
        check_source(SYSTEM, self._shape, frames[0])
        pixels = np.empty((len(frames), *self._shape[1:]), np.float32)
        without = np.zeros(len(frames), np.float64)
        memory, others = self.network.begin(1), dict[int, Memory]()
        for number, frame in enumerate(frames):
            picture = self._picture(frame)
            pixels[number] = self._nats(memory[0], picture).sum(0)
            cost = float(pixels[number].sum(dtype=np.float64))
            for left_out, other in others.items():
                without[left_out] += cost - float(self._nats(other[0], picture).sum())
                others[left_out] = self.network.watch(picture[:, None], other)[0]
            if number:
                without[number] += cost
                others[number] = memory
            others.pop(number - _AFTER, None)
            memory = self.network.watch(picture[:, None], memory)[0]
            advance(tick, (number + 1) / len(frames))
        exact = -pixels.sum((1, 2), dtype=np.float64).astype(np.float32)
        floor = np.full(len(frames), self.config.floor, np.float32)
        saved = without.astype(np.float32)
        return Score(exact, exact, floor, 0, per_pixel=pixels, given=1, saved=saved)

    def overlays(
        self,
        motion: Motion,
        source: Float,
        row: int,
        names: Sequence[str],
        *,
        frame: Float | None = None,
    ) -> dict[str, Float]:
        """``SURPRISE`` (1, S, S): nats of each pixel of the frame, found when it was encoded."""
        found: dict[str, Float] = {}
        if SURPRISE in names and SURPRISE in motion.state:
            found[SURPRISE] = np.asarray(motion.state[SURPRISE][row : row + 1], np.float32)
        return found

    @torch.no_grad()
    def embed(self, frames: Float) -> Float:
        """(D,) of unit length: the memory after the last of (T, C, S, S) frames, averaged."""
        memory = self._memory(frames)[0]
        mean = memory.mean((0, 2, 3)).cpu().numpy()
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)

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
        teller: TellerOf = teller_of,
    ) -> Futures:
        """Frames drawn pixel by pixel, all futures together; see the protocol.

        Future n is drawn by chance of its own, seeded by ``seed + n``: asking for more futures
        leaves the first ones as they are. Cancelled between rows.

        Args:
            past: (T, C, S, S) float32 in [0, 1], rounded to the model's levels.
            count: frames to draw.
            futures: how many times.
            seed: of the first future.
            temperature: of the odds; 0 takes the likeliest level of each pixel.
            reveal: shown the pixels that are drawn, ``known`` saying which.
            tick: progress, and cancellation after each row.
            teller: how the odds of a pixel are found; another only to compare.
        """
        check_source(SYSTEM, self._shape, past[0])
        memory = self._memory(past)
        memory = memory[0].expand(futures, -1, -1, -1), memory[1].expand(futures, -1, -1, -1)
        chances = [torch.Generator().manual_seed(seed + number) for number in range(futures)]
        painting = _Painting(self.config, futures, count, reveal, tick)
        for step in range(count):
            chance = torch.stack([torch.rand(self._shape, generator=one) for one in chances])
            pictures = torch.zeros(futures, *self._shape, device=self._device)
            draw(
                teller(self.network, memory[0]),
                pictures,
                chance.to(self._device),
                temperature,
                self.config.levels,
                painting.watcher(step, pictures),
            )
            memory = self.network.watch(pictures[:, None], memory)[0]
        return painting.finished()

    def _memory(self, frames: Float) -> tuple[Tensor, Tensor]:
        """What is remembered after (T, C, S, S) frames, one by one: long clips fit."""
        memory = self.network.begin(1)
        for frame in frames:
            memory = self.network.watch(self._picture(frame)[:, None], memory)[0]
        return memory

    def _nats(self, outputs: Tensor, picture: Tensor) -> Float:
        """(C, S, S) cost of each value of one picture."""
        told = self.network.logits(outputs, picture).log_softmax(2)
        levels = self.network.levels(picture)[:, :, None]
        nats: Float = -told.gather(2, levels)[0, :, 0].cpu().numpy()
        return nats

    def _picture(self, frame: Float) -> Tensor:
        """(1, C, S, S) in whole levels."""
        tensor = torch.from_numpy(np.ascontiguousarray(frame)[None]).to(self._device)
        return self.network.quantised(tensor)

    @property
    def _shape(self) -> tuple[int, int, int]:
        return self.config.channels, self.config.size, self.config.size


class _Painting:
    """The futures as far as they are drawn, shown now and then."""

    def __init__(
        self, config: VPNConfig, futures: int, count: int, reveal: Reveal, tick: Tick
    ) -> None:
        side = config.size
        self._side, self._count = side, count
        self._reveal, self._tick = reveal, tick
        self._frames = np.zeros((futures, count, config.channels, side, side), np.float32)
        self._known = np.zeros((futures, count, side, side), np.bool_)
        self._every = max(1, side * side // _REVEALS)

    def watcher(self, step: int, pictures: Tensor) -> Any:
        """What is told of each pixel of frame ``step``."""

        def watch(row: int, column: int) -> None:
            self._known[:, step, row, column] = True
            done = row * self._side + column + 1
            last = done == self._side**2
            if last or done % self._every == 0:
                self._frames[:, step] = pictures.cpu().numpy()
                self._reveal(Futures(self._frames.copy(), known=self._known.copy()))
            if column == self._side - 1:
                advance(self._tick, (step + done / self._side**2) / self._count)

        return watch

    def finished(self) -> Futures:
        """All of it."""
        return Futures(self._frames)


def card_of(name: str, config: VPNConfig, **facts: Any) -> ModelCard:
    """The card of a VPN checkpoint; ``facts`` are further fields of it."""
    return ModelCard(
        name=name,
        system=SYSTEM,
        title=facts.pop("title", TITLE),
        capabilities=CAPABILITIES,
        rows=RowKind.FRAME,
        channels=config.channels,
        size=config.size,
        dims=config.width,
        overlays=(SURPRISE,),
        context=1,
        config=to_plain(config),
        **facts,
    )


def create(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> VPNModel:
    """The factory that the registry calls."""
    return VPNModel(card, weights)
