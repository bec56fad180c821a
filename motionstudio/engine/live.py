"""A picture driven by live pictures: newest frame in, generated picture out, time per stage said.

The model must tell where it is (``keypoints``); rows of the motion are made from that, filtered,
and decoded on the source. Nothing here waits for anything but the model.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core import keypoint_rows as ops
from motionstudio.core.keypoints import KeypointTrack, to_rows
from motionstudio.core.motion import Decoded, Float, Motion, RowKind
from motionstudio.core.one_euro import OneEuro, OneEuroStream
from motionstudio.models.base import ModelCard

Image = NDArray[np.uint8]


@runtime_checkable
class KeypointModel(Protocol):
    """What a live driver needs of a model."""

    @property
    def card(self) -> ModelCard:
        """The checkpoint's card."""

    def keypoints(self, frames: Float) -> KeypointTrack:
        """Keypoints of (n, C, S, S) pictures."""

    def decode(
        self, motion: Motion, source: Float, rows: list[int], *, fast: bool = False
    ) -> Decoded:
        """Pictures of rows on a source."""


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """How a live picture drives the source.

    Attributes:
        relative: move as the driver does since it was calibrated; else go where it is.
        adapt_scale: multiply movement by how much larger the source is.
        remove_mean: ignore where the driver as a whole goes.
        strength: 1 as it is, 0 none.
        smoothing: of jitter, or None.
        fast: pictures of lower precision where that is quicker.
    """

    relative: bool = True
    adapt_scale: bool = True
    remove_mean: bool = False
    strength: float = 1.0
    smoothing: OneEuro | None = field(default_factory=OneEuro)
    fast: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """What one live frame gave.

    Attributes:
        picture: (S, S, C) uint8, the source as it moves now.
        row: (D,) float32 of the motion; ``driver``: (S, S, C) uint8, what the model saw.
        keypoints: of the driver, (K, 2) in [-1, 1].
        milliseconds: wall time of each stage by name.
    """

    picture: Image
    row: Float
    driver: Image
    keypoints: Float
    milliseconds: dict[str, float]


class LiveDriver:
    """Drives one source; frames in the order in which they came.

    Args:
        model: finds keypoints and decodes.
        source: (C, S, S) float32 in [0, 1], as the model sees it.
        settings: may be replaced at any time by ``set``.
        clock: seconds, of the stages.
    """

    def __init__(
        self,
        model: KeypointModel,
        source: Float,
        settings: LiveSettings,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._model, self._source, self._clock = model, source, clock
        self._rest = model.keypoints(source[np.newaxis])
        self._reference: KeypointTrack | None = None
        self._settings = settings
        self._filter = self._fresh_filter()
        self._recorded: list[tuple[float, Float]] | None = None

    @property
    def calibrated(self) -> bool:
        """Whether a pose of the driver counts as the source's own."""
        return self._reference is not None

    def set(self, settings: LiveSettings) -> None:
        """Go on with other settings."""
        changed = settings.smoothing != self._settings.smoothing
        self._settings = settings
        if changed:
            self._filter = self._fresh_filter()

    def calibrate(self) -> None:
        """The next frame is the reference: it leaves the source as it is."""
        self._reference, self._filter = None, self._fresh_filter()

    def record(self, on: bool) -> None:
        """Start to remember rows, or stop."""
        if on:
            self._recorded = []

    def recorded(self) -> Motion | None:
        """The remembered rows as a motion, the source's rest first; None for none.

        Row 0 is the reference, so that the motion can be edited and moved like any other.
        """
        taken, self._recorded = self._recorded, None
        if not taken:
            return None
        seconds = np.array([moment for moment, _ in taken])
        step = float(np.median(np.diff(seconds))) if len(seconds) > 1 else 0.04
        times = np.concatenate([[0.0], seconds - seconds[0] + max(step, 1e-3)])
        rows = np.stack([np.zeros_like(taken[0][1]), *(row for _, row in taken)])
        return self._motion(rows, times)

    def drive(self, picture: Image, moment: float) -> LivePicture:
        """The source as it moves with a square live picture (H, H, 3) taken at ``moment`` s."""
        spent: dict[str, float] = {}
        start = self._clock()
        seen = self._prepared(picture)
        start = self._lap(spent, "prepare", start)
        track = self._model.keypoints(seen[np.newaxis])
        start = self._lap(spent, "keypoints", start)
        row = self._row(track, moment)
        decoded = self._model.decode(
            self._motion(row[np.newaxis], np.zeros(1)), self._source, [0], fast=self._settings.fast
        )
        self._lap(spent, "picture", start)
        assert decoded.frames is not None
        if self._recorded is not None:
            self._recorded.append((moment, row))
        return LivePicture(
            _eight_bits(decoded.frames[0]), row, _eight_bits(seen), track.value[0], spent
        )

    def _row(self, track: KeypointTrack, moment: float) -> Float:
        if self._reference is None:
            self._reference = track
        reference, settings = self._reference, self._settings
        rows, count = to_rows(track, reference), track.value.shape[1]
        if settings.relative:
            if settings.remove_mean:
                rows = ops.without_mean(rows, count)
            if settings.adapt_scale:
                rows = ops.adapted(rows, reference, self._rest)
        else:
            rows = ops.absolute(rows, reference, self._rest, positions=True, matrices=True)
        row = (rows[0] * np.float32(settings.strength)).astype(np.float32)
        return row if self._filter is None else self._filter(row, moment)

    def _prepared(self, picture: Image) -> Float:
        channels, side = self._source.shape[:2]
        how = cv2.INTER_AREA if picture.shape[0] > side else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.float32) / 255
        if channels == 1:
            small = small @ np.array([0.299, 0.587, 0.114], np.float32)
            return np.ascontiguousarray(small[np.newaxis])
        return np.ascontiguousarray(np.moveaxis(small, -1, 0))

    def _motion(self, rows: Float, times: NDArray[np.float64]) -> Motion:
        known = np.ones(len(rows), np.bool_)
        card = self._model.card
        return Motion(
            rows, None, known, times, RowKind.FRAME, np.stack([times, times], 1), ~known,
            model=card.name, model_hash=card.hash,
        )  # fmt: skip

    def _fresh_filter(self) -> OneEuroStream | None:
        smoothing = self._settings.smoothing
        return None if smoothing is None else OneEuroStream(smoothing)

    def _lap(self, spent: dict[str, float], stage: str, start: float) -> float:
        now = self._clock()
        spent[stage] = 1000 * (now - start)
        return now


def _eight_bits(picture: Float) -> Image:
    pixels: Image = np.rint(np.moveaxis(picture, 0, -1).clip(0, 1) * 255).astype(np.uint8)
    return pixels
