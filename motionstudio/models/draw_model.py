"""DRAW behind the common protocol: rows are glimpses, in the order in which they draw.

A matrix has G rows for each picture, picture after picture. Row g of a picture decodes to the
canvas after its strokes 0 to g, so an edit changes this canvas and later ones of that picture only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.models.base import Capability, ModelCard, Tick, advance, always
from motionstudio.models.configuration import of_card, to_plain
from motionstudio.models.draw import (
    Draw,
    DrawConfig,
    Drawing,
    Window,
    bound,
    weighted,
)
from motionstudio.models.inputs import check_source, load_weights
from motionstudio.models.refusals import WithoutRefining
from motionstudio.models.scoring import Score

SYSTEM = "draw"
TITLE = "DRAW, after Gregor et al. 2015"
CAPABILITIES = (
    Capability.ENCODE
    | Capability.DECODE
    | Capability.EDIT
    | Capability.SAMPLE
    | Capability.INBETWEEN
    | Capability.LIKELIHOOD
)

READ, WRITE = "read_window", "write_window"
"""Overlays of models with attention, (n, 5) float32: x, y of the centre and side of the window in
pixels of the model's picture counted from the middle of its first pixel, standard deviation of
the filters in pixels, and gain."""

_KEPT = 4096


class DrawModel(WithoutRefining):
    """A DRAW checkpoint; see :class:`motionstudio.models.base.MotionModel`.

    Args:
        card: the checkpoint's card; its ``config`` are the fields of :class:`DrawConfig`.
        weights: arrays by name, those of :class:`Draw`, of any floating type.

    Raises:
        MotionStudioError: weights and configuration do not belong together.
    """

    def __init__(self, card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
        self._card = card
        self.config = of_card(card, DrawConfig)
        self.network = Draw(self.config)
        load_weights(card, self.network, weights)
        self._device = torch.device("cpu")
        self._drawings: OrderedDict[bytes, Drawing] = OrderedDict()

    @property
    def card(self) -> ModelCard:
        """The checkpoint's card."""
        return self._card

    def to(self, device: str) -> None:
        """Move the weights to ``device``."""
        self._device = torch.device(device)
        self.network.to(self._device)
        self._drawings.clear()

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
        """Rows of (T, 1, S, S) frames, T >= 1, each drawn by itself with the posterior's mean.

        Pixels count as ink from 0.5. Rows of dropped frames are interpolated in time between
        the same glimpses of their neighbours, because the model sees single pictures; ``cyclic``
        and ``period`` change nothing but what the motion says of itself.
        """
        self._check(frames, kept, times)
        seen = np.flatnonzero(kept)
        found = []
        for number, frame in enumerate(seen):
            found.append(self._posterior(frames[frame]))
            advance(tick, (number + 1) / len(seen))
        means, stds = (np.stack(part) for part in zip(*found, strict=True))
        each = self.config.glimpses
        return Motion(
            mean=_filled(means, times[seen], times),
            std=_filled(stds, times[seen], times),
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.GLIMPSE,
            row_times=np.repeat(np.stack([times, times], 1), each, 0),
            filled=np.repeat(~kept, each),
            cyclic=cyclic,
            model=self._card.name,
            model_hash=self._card.hash,
        )

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
        """Canvases (n, 1, S, S) after the glimpses ``rows``; ``source`` is not looked at.

        Overlays of models with attention: ``READ`` and ``WRITE``. What was drawn before a
        changed glimpse is kept, so only this glimpse and later ones are drawn anew.
        """
        check_source("DRAW", self._shape, source)
        made, places = [], []
        for number, row in enumerate(rows):
            before, drawing = self._drawn(motion.mean, int(row))
            made.append(torch.sigmoid(drawing.canvas).cpu().numpy())
            if self.config.attention:
                places.append(self._places(before, drawing))
            advance(tick, (number + 1) / len(rows))
        size = self.config.size
        frames = np.stack(made) if made else np.empty((0, 1, size, size), np.float32)
        if not self.config.attention:
            return Decoded(frames=frames)
        table = np.stack(places) if places else np.empty((0, 2, 5), np.float32)
        return Decoded(frames=frames, overlays={READ: table[:, 0], WRITE: table[:, 1]})

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
        """A drawing from the prior for each of ``times``; ``mode`` makes no difference."""
        check_source("DRAW", self._shape, source)
        each = self.config.glimpses
        drawn = np.random.default_rng(seed).standard_normal(
            (len(times) * each, self.config.latent), np.float32
        )
        return Motion(
            mean=drawn * np.float32(temperature),
            std=None,
            kept=np.ones(len(times), np.bool_),
            times=times.copy(),
            rows=RowKind.GLIMPSE,
            row_times=np.repeat(np.stack([times, times], 1), each, 0),
            filled=np.zeros(len(drawn), np.bool_),
            cyclic=cyclic,
            model=self._card.name,
            model_hash=self._card.hash,
        )

    @torch.no_grad()
    def score(self, frames: Float, *, samples: int, seed: int, tick: Tick = always) -> Score:
        """Bounds of ``frames`` (T, 1, S, S), pixels counting as ink from 0.5; see the protocol.

        The bound of a frame is the mean over its samples. Zeros and ones that are drawn
        perfectly cost nothing, so the floor is 0.
        """
        generator = torch.Generator().manual_seed(seed)
        shape = (samples, self.config.glimpses, self.config.latent)
        found = np.empty((2, len(frames)), np.float32)
        for number, frame in enumerate(frames):
            noise = torch.randn(shape, generator=generator).to(self._device)
            terms = bound(self.network, self._ink(frame).expand(samples, -1, -1), noise)
            found[0, number] = -float(terms.total.double().mean())
            found[1, number] = float(weighted(terms))
            advance(tick, (number + 1) / len(frames))
        return Score(found[0], found[1], np.zeros(len(frames), np.float32), samples)

    @torch.no_grad()
    def _posterior(self, frame: Float) -> tuple[Float, Float]:
        """(G, D) means and standard deviations of one picture, following the means."""
        ink = self._ink(frame)
        drawing, seen = self.network.begin(1)
        means, stds = [], []
        for _ in range(self.config.glimpses):
            seen = self.network.look(ink, drawing, seen)
            drawing = self.network.draw(drawing, seen.mean)
            means.append(seen.mean[0])
            stds.append(seen.log_std[0].exp())
        return torch.stack(means).cpu().numpy(), torch.stack(stds).cpu().numpy()

    def _drawn(self, rows: Float, row: int) -> tuple[Drawing, Drawing]:
        """The drawing before and after glimpse ``row``, from the last one that is kept."""
        start = row - row % self.config.glimpses
        names = [rows[start : start + n].tobytes() for n in range(row - start + 2)]
        first = next((n for n in reversed(range(1, len(names))) if names[n] in self._drawings), 0)
        first = min(first, len(names) - 2)
        drawing = self._drawings[names[first]] if first else self.network.begin(1)[0]
        before = drawing
        for count in range(first, len(names) - 1):
            before = drawing
            latent = torch.from_numpy(rows[start + count][None].copy()).to(self._device)
            drawing = self._known(names[count + 1], before, latent)
        return before, drawing

    def _known(self, name: bytes, before: Drawing, latent: Tensor) -> Drawing:
        if name not in self._drawings:
            self._drawings[name] = self.network.draw(before, latent)
            while len(self._drawings) > _KEPT:
                self._drawings.popitem(last=False)
        self._drawings.move_to_end(name)
        return self._drawings[name]

    def _places(self, before: Drawing, after: Drawing) -> Float:
        """(2, 5): where the glimpse looked and where its stroke went."""
        config = self.config
        read = _place(self.network.reading(before), config.read)
        return np.stack([read, _place(self.network.writing(after), config.write)])

    def _ink(self, frame: Float) -> Tensor:
        """(1, S, S) zeros and ones."""
        return torch.from_numpy((frame >= 0.5).astype(np.float32)).to(self._device)

    def _check(self, frames: Float, kept: NDArray[np.bool_], times: NDArray[np.float64]) -> None:
        if frames.ndim != 4 or not len(frames):
            raise ValueError(f"DRAW: expected frames (T, 1, S, S), got {frames.shape}")
        check_source("DRAW", self._shape, frames[0])
        if kept.shape != (len(frames),) or times.shape != (len(frames),) or not kept[0]:
            raise ValueError(
                f"DRAW: expected kept and times of shape ({len(frames)},), the first one kept, "
                f"got {kept.shape} and {times.shape}"
            )

    @property
    def _shape(self) -> tuple[int, int, int]:
        return 1, self.config.size, self.config.size


def card_of(name: str, config: DrawConfig, **facts: Any) -> ModelCard:
    """The card of a DRAW checkpoint; ``facts`` are further fields of it."""
    return ModelCard(
        name=name,
        system=SYSTEM,
        title=facts.pop("title", TITLE),
        capabilities=CAPABILITIES,
        rows=RowKind.GLIMPSE,
        channels=config.channels,
        size=config.size,
        dims=config.latent,
        draws=True,
        filling="linear",
        glimpses=config.glimpses,
        frames_min=1,
        config=to_plain(config),
        **facts,
    )


def create(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> DrawModel:
    """The factory that the registry calls."""
    return DrawModel(card, weights)


def _filled(known: Float, at: NDArray[np.float64], times: NDArray[np.float64]) -> Float:
    """(T * G, D): values ``known`` (n, G, D) at times ``at``, linear between them."""
    flat = known.reshape(len(known), -1)
    columns = [np.interp(times, at, column) for column in flat.T]
    return np.stack(columns, 1).astype(np.float32).reshape(-1, known.shape[2])


def _place(place: Window, count: int) -> Float:
    values = (
        place.x - 1,
        place.y - 1,
        place.stride * (count - 1),
        place.variance.sqrt(),
        place.gain,
    )
    return torch.cat(values).cpu().numpy().astype(np.float32)
