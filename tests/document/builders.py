"""Small subjects, a fake encoder that is a pure function of the settings, and a hand-set clock."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.motion import Motion, RowKind
from motionstudio.document.change import ProjectState
from motionstudio.document.subject import Framing, MediaRef, Subject

FRAMES = 6
DIMS = {"": 4, "heart": 4, "figures": 3}


@dataclass
class HandClock:
    time: float = 0.0

    def __call__(self) -> float:
        return self.time


def clip(count: int = FRAMES, **fields: Any) -> Clip:
    frames = np.arange(count * 8 * 10, dtype=np.uint16).reshape(count, 8, 10, 1)
    return Clip(frames=frames, times=uniform_times(count, 10.0), **fields)


def subject(id: str = "a", model: str = "heart", **fields: Any) -> Subject:
    made = Subject(
        id=id,
        name=f"subject {id}",
        clip=clip(),
        media=MediaRef(path=f"{id}.npz"),
        framing=Framing(),
        kept=np.ones(FRAMES, np.bool_),
        model=model,
    )
    return replace(made, **fields)


def encode(of: Subject) -> Motion:
    """A motion that differs with every setting an encoding depends on, and with nothing else."""
    key = of.encoding_key
    rng = np.random.default_rng(zlib.crc32(repr(key).encode()))
    mean = rng.normal(size=(FRAMES, DIMS[of.model])).astype(np.float32)
    mean[of.reference] = 0
    return Motion(
        mean=mean,
        std=np.full_like(mean, 0.1),
        kept=of.kept,
        times=of.clip.times,
        rows=RowKind.FRAME,
        row_times=np.stack([of.clip.times] * 2, axis=1),
        filled=~of.kept,
        model=of.model,
    )


def decisions(state: ProjectState) -> list[tuple[object, ...]]:
    """Everything that people decided, bit for bit; an unedited track counts as no edit."""
    return [
        (
            s.id,
            s.name,
            s.media,
            s.framing,
            s.kept.tobytes(),
            s.reference,
            s.cyclic,
            s.model,
            s.dim_names,
            s.track.offset.tobytes() if s.track and s.track.is_edited else b"",
        )
        for s in state.subjects
    ]


def everything(state: ProjectState) -> list[tuple[object, ...]]:
    """Decisions and encodings, bit for bit."""
    encodings = [
        (s.encoded_with, s.track and (s.track.base.mean.tobytes(), s.track.offset.tobytes()))
        for s in state.subjects
    ]
    return [*decisions(state), *encodings]
