"""When and where each frame of a multi-frame DICOM file was taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydicom.dataset import Dataset


def planes(dataset: Dataset) -> list[list[int]]:
    """Frame numbers of each slice position, in order of time.

    Enhanced files state a position for each frame. Where every position occurs once, the file
    is a volume, and all its frames are one sequence; so are the frames of other files.
    """
    count = int(dataset.get("NumberOfFrames") or 1)
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    if len(groups) < count or count < 2:
        return [list(range(count))]
    keys = [_position(group) for group in groups[:count]]
    found: dict[tuple[float, ...], list[int]] = {}
    for frame, key in enumerate(keys):
        found.setdefault(key, []).append(frame)
    if len(found) == 1 or len(found) == count or len({len(v) for v in found.values()}) > 1:
        return [list(range(count))]
    moments = [_moment(group) for group in groups[:count]]
    return [sorted(frames, key=lambda f: (moments[f], f)) for _, frames in sorted(found.items())]


def is_volume(dataset: Dataset) -> bool:
    """Whether the frames of a file differ in place and not in time."""
    count = int(dataset.get("NumberOfFrames") or 1)
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    places = {_position(group) for group in groups[:count]}
    return count > 1 and len(places) == count


def _position(group: Dataset) -> tuple[float, ...]:
    for place in group.get("PlanePositionSequence") or []:
        stated = place.get("ImagePositionPatient")
        if stated is not None:
            return tuple(round(float(v), 3) for v in stated)[::-1]
    for content in group.get("FrameContentSequence") or []:
        if content.get("InStackPositionNumber") is not None:
            return (float(content.InStackPositionNumber),)
    return ()


def _moment(group: Dataset) -> float:
    """Milliseconds, or the number of the phase, of one frame."""
    for sync in group.get("CardiacSynchronizationSequence") or []:
        if sync.get("NominalCardiacTriggerDelayTime") is not None:
            return float(sync.NominalCardiacTriggerDelayTime)
    for content in group.get("FrameContentSequence") or []:
        if content.get("TemporalPositionIndex") is not None:
            return float(content.TemporalPositionIndex)
    return 0.0


def frame_seconds(dataset: Dataset, order: Sequence[int]) -> list[float] | None:
    """Seconds of the frames ``order`` of one file, or None where it states no times."""
    if len(order) < 2:
        return None
    return _enhanced_seconds(dataset, order) or _vector_seconds(dataset, order)


def _enhanced_seconds(dataset: Dataset, order: Sequence[int]) -> list[float] | None:
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    if len(groups) <= max(order):
        return None
    delays = []
    for frame in order:
        syncs = groups[frame].get("CardiacSynchronizationSequence") or []
        stated = [s.get("NominalCardiacTriggerDelayTime") for s in syncs]
        if not stated or stated[0] is None:
            return None
        delays.append(float(stated[0]) / 1000)
    return delays if len(set(delays)) > 1 else None


def _vector_seconds(dataset: Dataset, order: Sequence[int]) -> list[float] | None:
    stated: Any = dataset.get("FrameTimeVector")
    steps = np.asarray([] if stated is None else stated, dtype=np.float64).ravel()
    if len(steps) > max(order):
        elapsed = np.cumsum(steps) / 1000
        return [float(elapsed[frame]) for frame in order]
    step = _step(dataset)
    return None if step is None else [step * place for place in range(len(order))]


def _step(dataset: Dataset) -> float | None:
    """Seconds between frames of a file with an even rate, or None."""
    for name in ("FrameTime", "CineRate", "RecommendedDisplayFrameRate"):
        value = dataset.get(name)
        if value is not None and 1e-6 < float(value) < 1e7:
            return float(value) / 1000 if name == "FrameTime" else 1 / float(value)
    return None


def is_gated(dataset: Dataset) -> bool:
    """Whether the frames were gathered over heart beats, so that the last leads to the first."""
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    if any("CardiacSynchronizationSequence" in group for group in groups[:1]):
        return True
    phases = dataset.get("CardiacNumberOfImages")
    return "TriggerTime" in dataset and phases is not None and int(phases) > 1
