"""The spatio-temporal autoencoder behind the common protocol: rows are pairs of frames.

Row t is what the memory holds when frame t has been seen, in coordinates of its principal
components; decoding reads the flow from frame t to frame t + 1 from it. Flows are composed from
the reference on, so a changed row changes its frame and all later ones. The first pair has no past:
its row is what is known once both of its frames were seen, its flow that of the pair after it,
carried back.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.motion import GATES, MEMORY, Decoded, Float, Motion, RowKind
from motionstudio.models.base import Capability, ModelCard, Tick, advance, always
from motionstudio.models.configuration import of_card, to_plain
from motionstudio.models.inputs import check_frames, check_source, load_weights
from motionstudio.models.prediction import Futures, Reveal, unrevealed
from motionstudio.models.refusals import WithoutRefining, WithoutSamples
from motionstudio.models.row_names import RowNames
from motionstudio.models.stae import (
    STAE,
    Memory,
    STAEConfig,
    Step,
    pool_memory,
    spread_memory,
)
from motionstudio.models.stae_flow import carried_back, filled, inverse_of, joined, texture
from motionstudio.models.stae_overlays import OVERLAYS, STAEOverlays
from motionstudio.models.stae_space import MemorySpace
from motionstudio.models.warp import resize_field, warp

SYSTEM = "stae"
TITLE = "Spatio-temporal autoencoder, after Patraucean et al. 2015"
CAPABILITIES = (
    Capability.ENCODE
    | Capability.DECODE
    | Capability.EDIT
    | Capability.INBETWEEN
    | Capability.TRANSPORT
    | Capability.PREDICT
    | Capability.DISPLACEMENT
    | Capability.INVERSE
)
CONTEXT = 2

ROWS, SEEN = "rows", "seen"
"""Keys in ``Motion.state`` beside ``core.motion.MEMORY`` and ``GATES``: (R, D) the rows as they
were encoded, and (T, C, S, S) uint8 the frames that were taken in, dropped ones filled."""

_KEPT = 1024


class STAEModel(WithoutSamples, WithoutRefining):
    """A checkpoint; see :class:`motionstudio.models.base.MotionModel`.

    Args:
        card: the checkpoint's card; its ``config`` are the fields of :class:`STAEConfig`.
        weights: arrays by name, of any floating type: those of :class:`STAE`, and the space of
            its memory.

    Raises:
        MotionStudioError: weights and configuration do not belong together.
    """

    def __init__(self, card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
        self._card = card
        self.config = of_card(card, STAEConfig)
        self.network = STAE(self.config)
        load_weights(card, self.network, weights, beside="space.")
        self.space = MemorySpace.from_arrays(weights)
        self._device = torch.device("cpu")
        self._joined: OrderedDict[bytes, Tensor] = OrderedDict()
        self._names = RowNames((MEMORY, ROWS))

    @property
    def card(self) -> ModelCard:
        """The checkpoint's card."""
        return self._card

    def to(self, device: str) -> None:
        """Move the weights to ``device``."""
        self._device = torch.device(device)
        self.network.to(self._device)
        self.space = self.space.to(self._device)
        self._joined.clear()

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
        """T - 1 rows of (T, C, S, S) frames, each from the frames up to its own alone.

        In place of a dropped frame the memory takes in what it predicted itself. ``cyclic`` and
        ``period`` change nothing: memory knows one direction.
        """
        check_frames(SYSTEM, self.config.shape, frames, kept, times)
        memories, gates, seen = [], [], []
        for t, (step, taken) in enumerate(self._taken_in(frames, kept)):
            memories.append(step.memory.hidden)
            gates.append(step.gates)
            seen.append(taken)
            advance(tick, (t + 1) / len(frames))
        used = torch.cat([memories[1], *memories[1:-1]])
        rows = self.space.rows(pool_memory(used)).cpu().numpy()
        state = {
            MEMORY: used.cpu().numpy(),
            GATES: torch.cat(gates).cpu().numpy(),
            ROWS: rows,
            SEEN: (torch.cat(seen).clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy(),
        }
        return Motion(
            mean=rows.copy(),
            std=None,
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.PAIR,
            row_times=np.stack([times[:-1], times[1:]], 1),
            filled=~kept[1:],
            model=self._card.name,
            model_hash=self._card.hash,
            state=state,
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
        """Displacements of ``rows`` to the reference, all flows up to each composed.

        With warped features also frames, from the features of ``source``. ``fast`` changes
        nothing.
        """
        check_source(SYSTEM, self.config.shape, source)
        count, side = len(rows), self.config.size
        shape = (count, 2, side, side)
        displacement = np.empty(shape, np.float32)
        back = np.empty(shape, np.float32) if inverse else None
        picture = self._tensor(source[None])
        drawn = self.network.decoder is not None
        names = self._names.of(motion, max(rows, default=-1))
        frames = np.empty((count, *self.config.shape), np.float32) if drawn else None
        for place, row in enumerate(rows):
            u = self._displacement(motion, int(row), names)
            displacement[place] = u[0].cpu().numpy()
            if back is not None:
                back[place] = inverse_of(u)[0].cpu().numpy()
            if frames is not None:
                frames[place] = self._moved(picture, u)[0].cpu().numpy()
            advance(tick, (place + 1) / count)
        return Decoded(frames, displacement, back)

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
        """What comes next, taken in again, ``count`` times; see the protocol.

        The last frame that is known is resampled once, by all flows composed: pictures do not
        blur. All futures are equal: ``seed`` and ``temperature`` change nothing.
        """
        times = np.arange(len(past), dtype=np.float64)
        check_frames(SYSTEM, self.config.shape, past, np.ones(len(past), np.bool_), times)
        memory: Memory | None = None
        for frame in past:
            memory = self._step(self._tensor(frame[None]), memory).memory
        made = last = self._tensor(past[-1:])
        side = self.config.size
        so_far = torch.zeros(1, 2, side, side, device=self._device)
        frames = np.zeros((futures, count, *self.config.shape), np.float32)
        rows = np.zeros((futures, count, self.config.dims), np.float32)
        for k in range(count):
            assert memory is not None  # past has frames
            flow = self._flow(made, memory.hidden)
            rows[:, k] = self.space.rows(pool_memory(memory.hidden))[0].cpu().numpy()
            so_far = joined(so_far, flow)
            made = self._moved(last, so_far)
            frames[:, k] = made[0].cpu().numpy()
            reveal(Futures(frames[:, : k + 1], rows[:, : k + 1]))
            advance(tick, (k + 1) / count)
            memory = self._step(made, memory).memory
        return Futures(frames, rows)

    @torch.no_grad()
    def flow_of(self, motion: Motion, row: int) -> Tensor:
        """(1, 2, S, S) backward flow of the pair ``row``, pixels of the picture."""
        frame = self.taken(motion, max(row, 1))
        flow = self._flow(frame, self.hidden_of(motion, row))
        return carried_back(flow) if row == 0 else flow

    def overlays(
        self,
        motion: Motion,
        source: Float,
        row: int,
        names: Sequence[str],
        *,
        frame: Float | None = None,
    ) -> dict[str, Float]:
        """Maps by name; see ``stae_overlays``."""
        return STAEOverlays(self, motion, row).maps(names, frame)

    def taken(self, motion: Motion, frame: int) -> Tensor | None:
        """(1, C, S, S) the frame as it was taken in; None where the motion does not know it."""
        seen = motion.state.get(SEEN)
        if seen is None or frame >= len(seen):
            return None
        return self._tensor(np.asarray(seen[frame : frame + 1], np.float32) / np.float32(255))

    def _taken_in(self, frames: Float, kept: NDArray[np.bool_]) -> Iterator[tuple[Step, Tensor]]:
        """The memory after each frame, and the frame: its own or, where dropped, the predicted."""
        memory: Memory | None = None
        taken = self._tensor(frames[:1])
        for t in range(len(frames)):
            if kept[t]:
                taken = self._tensor(frames[t : t + 1])
            else:
                assert memory is not None  # frame 0 is kept
                taken = self._moved(taken, self._flow(taken, memory.hidden))
            step = self._step(taken, memory)
            memory = step.memory
            yield step, taken

    def _step(self, frame: Tensor, memory: Memory | None) -> Step:
        return self.network.step(self.network.features(frame), memory)

    @torch.no_grad()
    def next_frame(self, frame: Tensor, motion: Motion, row: int) -> Tensor:
        """(1, C, S, S) what the pair ``row`` makes of its first frame (1, C, S, S)."""
        return self._moved(frame, self.flow_of(motion, row))

    @torch.no_grad()
    def hidden_of(self, motion: Motion, row: int) -> Tensor:
        """(1, M, g, g) the memory that a row stands for: its own, changed as the row was."""
        rows = torch.from_numpy(motion.mean[row : row + 1]).to(self._device)
        held, base = motion.state.get(MEMORY), motion.state.get(ROWS)
        if held is None or base is None or row >= len(held):
            return spread_memory(self.space.pooled(rows), self.config)
        own = self._tensor(np.asarray(held[row : row + 1], np.float32))
        change = rows - self._tensor(np.asarray(base[row : row + 1], np.float32))
        return own + spread_memory(self.space.change(change), self.config)

    def _displacement(self, motion: Motion, row: int, keys: Sequence[bytes]) -> Tensor:
        """(1, 2, S, S) from the second frame of pair ``row`` to the reference."""
        first = next((r for r in range(row, -1, -1) if keys[r] in self._joined), -1)
        side = self.config.size
        found = torch.zeros(1, 2, side, side, device=self._device)
        if first >= 0:
            self._joined.move_to_end(keys[first])
            found = self._joined[keys[first]]
        for r in range(first + 1, row + 1):
            found = joined(found, self.flow_of(motion, r))
            self._joined[keys[r]] = found
        while len(self._joined) > _KEPT:
            self._joined.popitem(last=False)
        return found

    def _flow(self, frame: Tensor | None, hidden: Tensor) -> Tensor:
        """(1, 2, S, S) flow that ``hidden`` (1, M, g, g) leads to, plain places filled.

        What is textured is told from the picture that the flow makes of ``frame``; where that is
        not known, from what moves.
        """
        flow = self.network.displacement(self.network.flow(hidden))
        if frame is None:
            weight = flow.square().sum(1, keepdim=True)
        else:
            weight = texture(self._moved(frame, flow))
        return filled(flow, weight, self.config.spread)

    def _moved(self, frame: Tensor, displacement: Tensor) -> Tensor:
        """(1, C, S, S) a frame (1, C, S, S) bent by a field (1, 2, S, S) in its pixels."""
        if self.network.decoder is None:
            return warp(frame, displacement)
        small = resize_field(displacement, self.config.grid, self.config.grid)
        made: Tensor = self.network.bent(frame, self.network.features(frame), small)
        return made.clamp(0, 1)

    def _tensor(self, values: Float) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(self._device)


def card_of(name: str, config: STAEConfig, **facts: Any) -> ModelCard:
    """The card of a checkpoint; ``facts`` are further fields of it."""
    return ModelCard(
        name=name,
        system=SYSTEM,
        title=facts.pop("title", TITLE),
        capabilities=CAPABILITIES,
        rows=RowKind.PAIR,
        channels=config.channels,
        size=config.size,
        dims=config.dims,
        overlays=OVERLAYS,
        draws=config.warp == "features",
        context=CONTEXT,
        one_future=True,
        config=to_plain(config),
        **facts,
    )


def create(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> STAEModel:
    """The factory that the registry calls."""
    return STAEModel(card, weights)
