"""GenLMM behind the common protocol: numpy in and out, one checkpoint, ready to use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.handles import HandleGoals, HandleSolution
from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.core.phase import phases
from motionstudio.models import correction as correcting
from motionstudio.models.base import Capability, ModelCard, Tick, Watch, advance, always, unwatched
from motionstudio.models.configuration import of_card
from motionstudio.models.correction import Correction
from motionstudio.models.genlmm import GenLMM, GenLMMConfig
from motionstudio.models.genlmm_fit import Refiner, keep_refinement
from motionstudio.models.genlmm_weights import check_space
from motionstudio.models.handle_solver import HandleSolver, learned_metric
from motionstudio.models.inputs import check_frames, check_source, check_weights
from motionstudio.models.motion_space import MotionSpace
from motionstudio.models.prior import sample_prior

SYSTEM = "genlmm"
TITLE = "GenLMM, after Krebs et al. 2021"
CAPABILITIES = (
    Capability.ENCODE
    | Capability.DECODE
    | Capability.EDIT
    | Capability.SAMPLE
    | Capability.INBETWEEN
    | Capability.TRANSPORT
    | Capability.DISPLACEMENT
    | Capability.INVERSE
    | Capability.REFINE
    | Capability.CYCLIC
    | Capability.HANDLES
)

# On a GPU rows are decoded in chunks of exactly this many, so that a row decoded alone equals
# the same row in company, bit for bit; on the CPU one at a time is as fast as many.
GPU_CHUNK = 8


@dataclass(frozen=True, slots=True)
class _Source:
    """What is computed once for each source: features of the anatomy and the zero anchor."""

    anatomy: tuple[Tensor, ...]
    rest: Tensor


class GenLMMModel:
    """A GenLMM checkpoint; see :class:`motionstudio.models.base.MotionModel`.

    Args:
        card: the checkpoint's card; its ``config`` are the fields of :class:`GenLMMConfig`.
        weights: arrays by name, those of the network and of the space of learned motions.

    Raises:
        MotionStudioError: weights and configuration do not belong together.
    """

    def __init__(self, card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
        self._card = card
        self.config = of_card(card, GenLMMConfig)
        self.network = GenLMM(self.config)
        network = {
            k: torch.from_numpy(np.array(v)) for k, v in weights.items() if "space." not in k
        }
        check_weights(card, self.network, network)
        self.network.load_state_dict(network)
        self.network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        check_space(card, weights)
        self._space = MotionSpace.from_arrays(weights)
        self._device = torch.device("cpu")
        self._sources: OrderedDict[bytes, _Source] = OrderedDict()

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
        """Posterior mean and std of (T, C, S, S) frames; row 0 is zero, see the protocol.

        ``period`` is the length of the cycle or clip in seconds, where frame times do not tell.
        """
        check_frames("GenLMM", self._shape, frames, kept, times)
        steps = len(frames) - 1
        pictures = torch.from_numpy(np.ascontiguousarray(frames)).to(self._device)
        features = torch.zeros(1, self.config.dims, steps + 1, device=self._device)
        # A dropped frame's picture is never looked at.
        for t in np.flatnonzero(kept):
            pair = torch.cat([pictures[:1], pictures[t : t + 1]], 1)
            features[0, :, t] = self.network.pairs(_last(pair))[0]
            advance(tick, float(t + 1) / (steps + 2))
        phase = torch.from_numpy(phases(times, cyclic, period)[None, 1:]).to(self._device)
        flags = torch.from_numpy(kept[None, 1:].astype(np.float32)).to(self._device)
        mean, log_variance = self.network.posterior(features, flags, phase, cyclic=cyclic)
        std = (0.5 * log_variance).exp()
        return Motion(
            mean=_with_reference(mean),
            std=_with_reference(std),
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.FRAME,
            row_times=np.stack([times, times], 1),
            filled=~kept,
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
        """Displacement of ``rows`` on ``source``; see the protocol. ``fast`` changes nothing."""
        check_source("GenLMM", self._shape, source)
        known = self._source(source)
        values = torch.from_numpy(motion.mean[list(rows)]).to(self._device)
        correction = Correction.of(motion.state, source)
        displacement = np.empty((len(rows), 2, *source.shape[1:]), np.float32)
        back = np.empty_like(displacement) if inverse else None
        chunk = 1 if self._device.type == "cpu" else GPU_CHUNK
        for start in range(0, len(rows), chunk):
            stop = min(start + chunk, len(rows))
            block = values.new_zeros(chunk, self.config.dims)
            block[: stop - start] = values[start:stop]
            velocity = self._velocity(block, known)
            if correction is not None:
                velocity = velocity + self._corrections(correction, motion, rows[start:stop], chunk)
            field = self.network.displacement(velocity)
            displacement[start:stop] = field[: stop - start].cpu().numpy()
            if back is not None:
                field = self.network.displacement(-velocity)
                back[start:stop] = field[: stop - start].cpu().numpy()
            advance(tick, stop / len(rows))
        return Decoded(frames=None, displacement=displacement, inverse=back)

    def _corrections(
        self, correction: Correction, motion: Motion, rows: Sequence[int], chunk: int
    ) -> Tensor:
        side = correcting.grid_size(self.network)
        block = np.zeros((chunk, 2, side, side), np.float32)
        for place, row in enumerate(rows):
            block[place] = correction.at(motion.mean[row])
        extra = torch.from_numpy(block).to(self._device)
        return correcting.on_velocity_grid(self.network, extra)

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
        """A new motion at ``times`` (T,): from the PCA of training motions, or the prior.

        ``source`` is not needed: the row says how, the source says where. ``prior`` is the
        paper's mode; its dimensions are independent, so it moves less (see the card's page).

        Raises:
            ValueError: another mode than ``learned`` or ``prior``.
        """
        check_source("GenLMM", self._shape, source)
        rng = np.random.default_rng(seed)
        position = phases(times, cyclic, period)
        if mode == "learned":
            mean = self._space.sample(rng, position, temperature, cyclic)
        elif mode == "prior":
            mean = sample_prior(self.config, rng, position, temperature, cyclic)
        else:
            raise ValueError(f"sample: expected mode learned or prior, got {mode!r}")
        mean[0] = 0
        kept = np.zeros(len(times), np.bool_)
        kept[0] = True
        return Motion(
            mean=mean,
            std=None,
            kept=kept,
            times=times.copy(),
            rows=RowKind.FRAME,
            row_times=np.stack([times, times], 1),
            filled=~kept,
            cyclic=cyclic,
            model=self._card.name,
            model_hash=self._card.hash,
        )

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
        """Fit the rows of kept frames to ``frames`` (T, C, S, S) by gradient descent.

        Beside each row a coarse velocity is fitted that corrects what no row can express, see
        :mod:`motionstudio.models.correction`; it travels in ``motion.state``. Rows of dropped
        frames follow by interpolating the change of their kept neighbours in time.
        """
        source = np.ascontiguousarray(frames[0])
        check_source("GenLMM", self._shape, source)
        looked = np.flatnonzero(motion.kept)
        looked = looked[looked > 0]
        chosen = [int(r) for r in (looked if rows is None else rows) if r in looked]
        if not chosen:
            return motion
        known = self._source(source)
        refiner = Refiner(
            self.network, lambda z: self._velocity(z, known), motion, frames, looked, watch
        )
        return refiner.fit(chosen, steps, lambda done: advance(tick, done))

    def keep_refinement(self, encoded: Motion, refined: Motion) -> Motion:
        """What refining found for frames that are kept in both; see the protocol."""
        return keep_refinement(encoded, refined)

    def leaves_out(self, motion: Motion, source: Float) -> bool:
        """Whether the correction of ``motion`` was fitted on another picture."""
        found = Correction.read(motion.state)
        return found is not None and not found.is_for(source)

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
        """The values of ``row`` that bring points where they are wanted; see the protocol."""
        check_source("GenLMM", self._shape, source)
        known, centre = self._source(source), motion.mean[row]
        correction = Correction.of(motion.state, source)

        def velocity(values: Tensor) -> Tensor:
            found = self._velocity(values, known)
            if correction is None:
                return found
            # What refining added is looked up by row; its own change with the row is left out.
            extra = torch.from_numpy(correction.at(values[0].detach().cpu().numpy())[None])
            return found + correcting.on_velocity_grid(self.network, extra.to(self._device))

        metric = learned_metric(self._space, None if dims is None else list(dims))
        solver = HandleSolver(
            self._device, velocity, self.network.displacement, metric, centre, goals, prior_weight
        )
        return solver.solve(centre if start is None else start, steps, lambda p: advance(tick, p))

    def _velocity(self, rows: Tensor, known: _Source) -> Tensor:
        """(n, D) rows on a source to (n, 2, h, h)."""
        velocity: Tensor = self.network.decoder(rows, known.anatomy, len(rows)) - known.rest
        return velocity

    def _source(self, source: Float) -> _Source:
        key = source.tobytes()
        if key not in self._sources:
            self._sources[key] = self._look_at(source)
            while len(self._sources) > 16:
                self._sources.popitem(last=False)
        self._sources.move_to_end(key)
        return self._sources[key]

    def _look_at(self, source: Float) -> _Source:
        # Plain tensors: refining needs them outside the inference mode of the caller.
        with torch.inference_mode(False), torch.no_grad():
            picture = torch.from_numpy(np.ascontiguousarray(source)[None]).to(self._device)
            anatomy = self.network.anatomy(_last(picture))
            chunk = 1 if self._device.type == "cpu" else GPU_CHUNK
            # Decoded by the same call as the rows, so that a zero row cancels to exactly zero.
            zeros = anatomy[0].new_zeros(chunk, self.config.dims)
            rest = self.network.decoder(zeros, anatomy, chunk)[:1]
            return _Source(anatomy, rest)

    @property
    def _shape(self) -> tuple[int, int, int]:
        return self.config.channels, self.config.size, self.config.size


def _last(picture: Tensor) -> Tensor:
    return picture.contiguous(memory_format=torch.channels_last)


def _with_reference(rows: Tensor) -> Float:
    """(1, D, T - 1) to (T, D) with the reference's zero row in front."""
    matrix = rows[0].T.cpu().numpy()
    return np.concatenate([np.zeros((1, matrix.shape[1]), np.float32), matrix])


def create(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> GenLMMModel:
    """The factory that the registry calls."""
    return GenLMMModel(card, weights)
