"""What is open, written as files that a run can read by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.picture import Transform, intensity_range
from motionstudio.document.subject import Subject

_SIDE = 256


def write_subjects(subjects: Sequence[Subject], folder: Path) -> tuple[Path, ...]:
    """One .npz for each subject: its frames as its model sees them, (T, 256, 256, C) uint8.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for one in subjects:
        path = folder / f"{_safe(one.name)}.npz"
        while path in written:
            path = path.with_name(f"{path.stem}_.npz")
        written.append(_write(one, path))
    return tuple(written)


def _write(subject: Subject, path: Path) -> Path:
    clip, framing = subject.clip, subject.framing
    seen = Transform.fit(
        clip.size,
        _SIDE,
        mode=framing.mode,
        crop=framing.crop,
        angle=framing.angle,
        beyond=True,
        range=intensity_range(clip),
    )
    frames = np.stack([_eight_bits(seen.apply(clip.frames[i][None])[0]) for i in range(len(clip))])
    np.savez(path, frames=frames, times=np.asarray(clip.times, np.float64))
    return path


def _eight_bits(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    shown: NDArray[np.uint8] = np.round(np.clip(np.moveaxis(picture, 0, -1), 0, 1) * 255).astype(
        np.uint8
    )
    return shown


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:40] or "clip"
