"""FOMM behind the common protocol: rows are keypoints and matrices relative to the reference.

A row holds, for each keypoint, ``p_t - p_0`` and ``J_t J_0^-1 - I``: zero at rest, and just what
relative transfer adds to the keypoints of any other picture. Keypoints of a picture are found
when it is decoded on, so a motion moves to another subject by decoding it there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.dim_groups import groups_by_name
from motionstudio.core.keypoints import (
    KeypointTrack,
    dim_names,
    from_rows,
    rest_state,
    to_rows,
)
from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.models.base import (
    Capability,
    ModelCard,
    Tick,
    advance,
    always,
)
from motionstudio.models.configuration import of_card
from motionstudio.models.fomm import FOMM, DenseMotion, FOMMConfig, Keypoints
from motionstudio.models.fomm_fast import RoughDecoder, checked_rough, quickened
from motionstudio.models.fomm_geometry import in_pixels
from motionstudio.models.fomm_overlays import names_of, overlays_of
from motionstudio.models.inputs import check_frames, check_source, check_weights
from motionstudio.models.live import Stages
from motionstudio.models.refusals import WithoutRefining, WithoutSamples

SYSTEM = "fomm"
TITLE = "FOMM, after Siarohin et al. 2019"
CAPABILITIES = (
    Capability.ENCODE
    | Capability.DECODE
    | Capability.EDIT
    | Capability.INBETWEEN
    | Capability.TRANSPORT
    | Capability.DISPLACEMENT
    | Capability.FRAMEWISE
    | Capability.KEYPOINTS
)

# As for GenLMM: equal chunks on a GPU, one row at a time elsewhere, so that bits do not depend
# on the company that a row is decoded in.
GPU_CHUNK = 8


@dataclass(frozen=True, slots=True)
class _Source:
    """What is computed once for each source."""

    points: KeypointTrack
    features: Tensor
    small: Tensor


class FOMMModel(WithoutSamples, WithoutRefining):
    """A FOMM checkpoint; see :class:`motionstudio.models.base.MotionModel`.

    Args:
        card: the checkpoint's card; its ``config`` are the fields of :class:`FOMMConfig`.
        weights: arrays by name, those of :class:`FOMM`.

    Raises:
        MotionStudioError: weights and configuration do not belong together.
    """

    def __init__(self, card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
        self._card = card
        self.config = of_card(card, FOMMConfig)
        network = FOMM(self.config)
        tensors = {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
        check_weights(card, network, tensors)
        network.load_state_dict(tensors)
        self.network = quickened(network)
        self._rough: RoughDecoder | None = None
        self._tried = False
        self._device = torch.device("cpu")
        self._sources: OrderedDict[bytes, _Source] = OrderedDict()
        self._stages = Stages()

    @property
    def card(self) -> ModelCard:
        """The checkpoint's card."""
        return self._card

    @property
    def stages(self) -> Mapping[str, float]:
        """Milliseconds that ``motion`` and ``generator`` took in the last picture."""
        return self._stages.spent

    def to(self, device: str) -> None:
        """Move the weights to ``device``."""
        self._device = torch.device(device)
        self.network.to(self._device)
        self._rough, self._tried = None, False
        self._sources.clear()

    @torch.no_grad()
    def keypoints(self, frames: Float, *, tick: Tick = always) -> KeypointTrack:
        """Keypoints of (n, C, S, S) pictures, each found alone."""
        found = []
        for number, frame in enumerate(frames):
            found.append(self.network.kp_detector(self._tensor(frame)))
            advance(tick, (number + 1) / len(frames))
        return _track(found)

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
        """Rows of (T, C, S, S) frames; those of dropped frames are interpolated in time.

        The model sees single frames, so it has no filling of its own. ``cyclic`` closes the
        interpolation, with ``period`` seconds of the whole cycle where times do not tell.
        """
        check_frames("FOMM", self._shape, frames, kept, times)
        seen = np.flatnonzero(kept)
        track = self.keypoints(frames[seen], tick=tick)
        known = to_rows(track, track.at([0]))
        rows = _filled(known, times[seen], times, _end(times, period) if cyclic else None)
        return Motion(
            mean=rows,
            std=None,
            kept=kept.copy(),
            times=times.copy(),
            rows=RowKind.FRAME,
            row_times=np.stack([times, times], 1),
            filled=~kept,
            cyclic=cyclic,
            model=self._card.name,
            model_hash=self._card.hash,
            state=rest_state(track),
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
        """Generated frames of ``rows`` on ``source``, with their dense motion; see the protocol.

        ``displacement`` is the dense motion at the model's size in pixels. Overlays: ``keypoints``
        (n, K, 2) in [-1, 1], ``masks`` (n, K + 1, h, w), and ``occlusion`` (n, 1, h, w) where
        the model predicts it. ``inverse`` changes nothing; ``fast``
        decodes in bfloat16 where that pays and was found near.
        """
        check_source("FOMM", self._shape, source)
        known = self._source(source)
        track = from_rows(motion.mean[list(rows)], known.points)
        side, channels = self.config.size, self.config.channels
        frames = np.empty((len(rows), channels, side, side), np.float32)
        displacement = np.empty((len(rows), 2, side, side), np.float32)
        overlays: dict[str, list[NDArray[np.generic]]] = {}
        chunk = 1 if self._device.type == "cpu" else GPU_CHUNK
        for start in range(0, len(rows), chunk):
            stop = min(start + chunk, len(rows))
            made, moved = self._generate(known, _padded(track, start, stop, chunk), fast)
            here = slice(start, stop)
            frames[here] = made[: stop - start].cpu().numpy()
            displacement[here] = in_pixels(moved.deformation, side)[: stop - start].cpu().numpy()
            for name, maps in _maps(moved).items():
                overlays.setdefault(name, []).append(maps[: stop - start].cpu().numpy())
            advance(tick, stop / len(rows))
        joined = {name: np.concatenate(parts) for name, parts in overlays.items()}
        joined["keypoints"] = track.value
        joined["rest"] = np.repeat(known.points.value, len(rows), 0)
        return Decoded(frames=frames, displacement=displacement, overlays=joined)

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
        """Heat maps, sparse motions, masks, occlusion and the deformed source; see the protocol."""
        check_source("FOMM", self._shape, source)
        known = self._source(source)
        driving = from_rows(motion.mean[[row]], known.points)
        points = self._points(known.points), self._points(driving)
        seen = None if frame is None else self._tensor(frame)
        found = overlays_of(self.network, self._tensor(source), *points, names, seen)
        return {name: map_.cpu().numpy() for name, map_ in found.items()}

    def _generate(
        self, known: _Source, track: KeypointTrack, fast: bool
    ) -> tuple[Tensor, DenseMotion]:
        generator = self.network.generator
        driving, source = self._points(track), self._points(known.points)
        with self._stages.part("motion", self._device):
            motion = generator.dense_motion_network(known.small, source, driving)
            features = generator.moved(known.features, motion)
        if fast and not self._tried:
            self._rough, self._tried = checked_rough(generator, features), True
        rough = self._rough if fast else None
        with self._stages.part("generator", self._device):
            made: Tensor = rough(features) if rough else generator.decode(features)
        return made, motion

    def _points(self, track: KeypointTrack) -> Keypoints:
        value = torch.from_numpy(track.value).to(self._device)
        if track.jacobian is None:
            return Keypoints(value, None)
        return Keypoints(value, torch.from_numpy(track.jacobian).to(self._device))

    def _source(self, source: Float) -> _Source:
        key = source.tobytes()
        if key not in self._sources:
            picture = self._tensor(source)
            points = _track([self.network.kp_detector(picture)])
            features = self.network.generator.encode(picture)
            small = self.network.generator.dense_motion_network.small(picture)
            self._sources[key] = _Source(points, features, small)
            while len(self._sources) > 16:
                self._sources.popitem(last=False)
        self._sources.move_to_end(key)
        return self._sources[key]

    def _tensor(self, picture: Float) -> Tensor:
        tensor = torch.from_numpy(np.ascontiguousarray(picture)[None]).to(self._device)
        return tensor.contiguous(memory_format=torch.channels_last)

    @property
    def _shape(self) -> tuple[int, int, int]:
        return self.config.channels, self.config.size, self.config.size


def card_of(name: str, config: FOMMConfig, **facts: Any) -> ModelCard:
    """The card of a FOMM checkpoint; ``facts`` are further fields of it."""
    names = dim_names(config.num_kp, jacobian=config.jacobian)
    plain = {key: getattr(config, key) for key in FOMMConfig.__slots__}
    return ModelCard(
        name=name,
        system=SYSTEM,
        title=facts.pop("title", TITLE),
        capabilities=CAPABILITIES,
        rows=RowKind.FRAME,
        channels=config.channels,
        size=config.size,
        dims=len(names),
        dim_names=names,
        groups=groups_by_name(names),
        overlays=names_of(occlusion=config.occlusion),
        draws=True,
        filling="linear",
        config=plain,
        **facts,
    )


def create(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> FOMMModel:
    """The factory that the registry calls."""
    return FOMMModel(card, weights)


def _filled(
    known: Float, at: NDArray[np.float64], times: NDArray[np.float64], end: float | None
) -> Float:
    """(T, D): rows ``known`` at times ``at``, linear between them, closed at ``end`` seconds."""
    if end is not None:
        known, at = np.concatenate([known, known[:1]]), np.append(at, end)
    columns = [np.interp(times, at, column) for column in known.T]
    return np.stack(columns, 1).astype(np.float32)


def _end(times: NDArray[np.float64], period: float | None) -> float:
    return float(period if period is not None else times[-1] + np.median(np.diff(times)))


def _track(found: Sequence[Keypoints]) -> KeypointTrack:
    value = torch.cat([points.value for points in found]).cpu().numpy()
    matrices = [points.jacobian for points in found if points.jacobian is not None]
    return KeypointTrack(value, torch.cat(matrices).cpu().numpy() if matrices else None)


def _padded(track: KeypointTrack, start: int, stop: int, chunk: int) -> KeypointTrack:
    """Rows ``start`` to ``stop``, the last one repeated up to ``chunk``."""
    wanted = np.minimum(np.arange(start, start + chunk), stop - 1)
    return track.at([int(row) for row in wanted])


def _maps(motion: DenseMotion) -> dict[str, Tensor]:
    maps = {"masks": motion.mask}
    if motion.occlusion is not None:
        maps["occlusion"] = motion.occlusion
    return maps
