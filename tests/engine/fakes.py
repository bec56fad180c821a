"""A small motion model whose every call can be held, counted and made to fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import Cancelled
from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.core.picture import Transform
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import (
    CompareRequest,
    DecodeRequest,
    EncodeRequest,
    Lane,
    Picture,
    RefineRequest,
    Scale,
)
from motionstudio.models.base import (
    Capability,
    Iterate,
    ModelCard,
    Tick,
    Watch,
    always,
    unwatched,
)

SIZE = 16
DIMS = 4


class Gate:
    """Holds whoever passes until it is opened; tells when somebody waits at it."""

    def __init__(self) -> None:
        self.reached = threading.Semaphore(0)
        self._open = threading.Semaphore(0)

    def pass_through(self) -> None:
        self.reached.release()
        assert self._open.acquire(timeout=20), "nobody opened the gate"

    def let(self, count: int = 1) -> None:
        self._open.release(count)

    def wait_until_reached(self) -> None:
        assert self.reached.acquire(timeout=20), "nobody came to the gate"


class FakeModel:
    """D = 4: two shifts and two smooth waves; a decoded row depends on that row alone.

    Attributes:
        decoded: the rows of every call of ``decode``.
        gate: when set, every call of ``decode`` passes through it.
        fails: errors that the next calls raise, the first one next.
    """

    def __init__(self, *, warps: bool = True, capabilities: Capability | None = None) -> None:
        everything = Capability(0)
        for flag in Capability:
            everything |= flag
        self.card = ModelCard(
            name="fake",
            system="fake",
            title="Fake",
            capabilities=everything if capabilities is None else capabilities,
            rows=RowKind.FRAME,
            channels=1,
            size=SIZE,
            dims=DIMS,
            hash="f" * 16,
        )
        self.warps = warps
        self.decoded: list[tuple[int, ...]] = []
        self.encoded: list[NDArray[np.bool_]] = []
        self.seen_times: list[NDArray[np.float64]] = []
        self.gate: Gate | None = None
        self.fails: list[Exception] = []
        self.devices: list[str] = []
        self.fast: list[bool] = []
        self.inference: list[bool] = []
        self.in_tick: Callable[[], None] | None = None

    def to(self, device: str) -> None:
        self.devices.append(device)

    def _may_fail(self) -> None:
        if self.fails:
            raise self.fails.pop(0)

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
        self.inference.append(torch.is_inference_mode_enabled())
        self._may_fail()
        self.encoded.append(kept.copy())
        self.seen_times.append(times.copy())
        rows = []
        for t, frame in enumerate(frames):
            if self.in_tick is not None:
                self.in_tick()
            if not tick(t / len(frames)):
                raise Cancelled
            difference = frame - frames[0] if kept[t] else np.zeros_like(frame)
            rows.append([difference.mean(), difference[:, 4:].mean(), kept[t], t])
        mean = np.array(rows, np.float32)
        mean[0] = 0
        return Motion(
            mean=mean,
            std=np.full_like(mean, 0.1),
            kept=kept,
            times=times,
            rows=RowKind.FRAME,
            row_times=np.stack([times, times], 1),
            filled=~kept,
            cyclic=cyclic,
            model="fake",
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
        self.inference.append(torch.is_inference_mode_enabled())
        self.decoded.append(tuple(rows))
        self.fast.append(fast)
        if self.gate is not None:
            self.gate.pass_through()
        self._may_fail()
        values = torch.from_numpy(motion.mean[list(rows)])
        wave = torch.sin(torch.arange(SIZE) / 3.0)
        u = torch.zeros(len(rows), 2, SIZE, SIZE)
        u[:, 0] = values[:, 0, None, None] + values[:, 2, None, None] * wave[:, None] / 10
        u[:, 1] = values[:, 1, None, None] + values[:, 3, None, None] * wave / 10
        if not self.warps:
            brighter = source[None] + values[:, :1, None, None].numpy()
            return Decoded(frames=brighter.clip(0, 1).astype(np.float32))
        return Decoded(None, u.numpy(), (-u).numpy() if inverse else None)

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
        rng = np.random.default_rng(seed)
        mean = (temperature * rng.standard_normal((len(times), DIMS))).astype(np.float32)
        return replace(motion_of(len(times)), mean=mean, times=times)

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
        self.inference.append(torch.is_inference_mode_enabled())
        value = torch.zeros(1, requires_grad=True)
        for step in range(steps):
            if self.in_tick is not None:
                self.in_tick()
            if not tick(step / steps):
                raise Cancelled
            (value - 1).square().sum().backward()
            watch(Iterate(motion, 1 if rows is None else rows[0], 0.01 / (step + 1)))
        mean = motion.mean.copy()
        mean[1:] *= 0.5
        return replace(motion, mean=mean)


def motion_of(count: int, *, seed: int = 0) -> Motion:
    rng = np.random.default_rng(seed)
    mean = rng.uniform(-1, 1, (count, DIMS)).astype(np.float32)
    mean[0] = 0
    times = uniform_times(count, 10.0)
    return Motion(
        mean=mean,
        std=None,
        kept=np.ones(count, np.bool_),
        times=times,
        rows=RowKind.FRAME,
        row_times=np.stack([times, times], 1),
        filled=np.zeros(count, np.bool_),
        model="fake",
        model_hash="f" * 16,
    )


def edited(motion: Motion, row: int, value: float) -> Motion:
    mean = motion.mean.copy()
    mean[row, 0] += value
    return replace(motion, mean=mean)


def clip_of(count: int, *, height: int = 20, width: int = 24, channels: int = 1) -> Clip:
    rng = np.random.default_rng(count)
    frames = rng.integers(0, 256, (count, height, width, channels), np.uint8)
    return Clip(frames=frames, times=uniform_times(count, 10.0), name="noise")


def transform_of(clip: Clip) -> Transform:
    return Transform.fit(clip.size, SIZE, mode="letterbox")


def picture_of(clip: Clip, frame: int = 0) -> Picture:
    pixels = np.asarray(clip.frames[frame])
    return Picture(content_key(pixels), pixels)


def decode_request(
    motion: Motion,
    clip: Clip,
    frames: Sequence[int],
    *,
    lane: Lane = Lane.SCRUB,
    revision: int = 0,
    scale: Scale = Scale.FULL,
    inverse: bool = False,
) -> DecodeRequest:
    return DecodeRequest(
        lane=lane,
        subject="s",
        revision=revision,
        model="fake",
        motion=motion,
        source=picture_of(clip),
        transform=transform_of(clip),
        frames=tuple(frames),
        scale=scale,
        inverse=inverse,
    )


def encode_request(
    clip: Clip,
    kept: NDArray[np.bool_] | None = None,
    *,
    subject: str = "s",
    reference: int = 0,
    cyclic: bool = False,
) -> EncodeRequest:
    return EncodeRequest(
        subject=subject,
        revision=0,
        model="fake",
        clip_key=content_key(np.asarray(clip.frames)),
        clip=clip,
        transform=transform_of(clip),
        kept=np.ones(len(clip), np.bool_) if kept is None else kept,
        reference=reference,
        cyclic=cyclic,
    )


def refine_request(motion: Motion, clip: Clip, *, steps: int = 3) -> RefineRequest:
    return RefineRequest(
        subject="s",
        revision=0,
        model="fake",
        motion=motion,
        clip_key=content_key(np.asarray(clip.frames)),
        clip=clip,
        transform=transform_of(clip),
        steps=steps,
    )


def compare_request(motion: Motion, clip: Clip, frames: Sequence[int]) -> CompareRequest:
    return CompareRequest(
        subject="s",
        revision=0,
        model="fake",
        motion=motion,
        source=picture_of(clip),
        transform=transform_of(clip),
        clip=clip,
        frames=tuple(frames),
    )
