"""Collects frames into arrays; large ones live in temporary files, so memory stays bounded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import DTypeLike, NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Rendered
from motionstudio.engine.responses import FrameReady

_OVERLAY = "overlay "

IN_MEMORY = 512 * 2**20
"""Bytes that one array may take in memory; a larger one lives in a temporary file."""


def roomy(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """A zeroed array of ``shape``; above ``IN_MEMORY`` bytes mapped from an unnamed file.

    The file goes when the array does.

    Raises:
        MotionStudioError: the disk has no room for it.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size <= IN_MEMORY:
        return np.zeros(shape, dtype)
    # Not the system's temporary folder: it is memory on many machines.
    folder = Path(platformdirs.user_cache_dir("MotionStudio", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(prefix="render-", dir=folder) as file:
            file.truncate(size)
            return np.memmap(file, dtype=dtype, mode="r+", shape=shape)
    except OSError as error:
        raise MotionStudioError(
            f"The pictures take {size / 2**30:.1f} GB, for which there is no room in "
            f"{folder}: {error.strerror or error}.",
            "Free some space, or render fewer or smaller frames.",
        ) from error


def gather(frames: Iterator[FrameReady], times: NDArray[np.float64]) -> Rendered:
    """All of ``frames``, T of them, in the order of ``times`` (T,).

    Raises:
        ValueError: there are not T frames.
        MotionStudioError: the disk has no room for large arrays.
    """
    arrays: dict[str, NDArray[Any]] = {}
    count = 0
    for position, ready in enumerate(frames):
        parts: dict[str, NDArray[Any] | None] = {
            "frames": ready.picture,
            "displacement": ready.displacement,
            "inverse": ready.inverse,
        }
        parts |= {_OVERLAY + name: array for name, array in ready.overlays.items()}
        for name, part in parts.items():
            if part is None:
                continue
            if name not in arrays:
                arrays[name] = roomy((len(times), *part.shape), part.dtype)
            arrays[name][position] = part
        count = position + 1
    if count != len(times):
        raise ValueError(f"gather: expected {len(times)} frames, got {count}")
    return Rendered(
        frames=arrays["frames"],
        times=times,
        displacement=arrays.get("displacement"),
        inverse=arrays.get("inverse"),
        overlays={
            name.removeprefix(_OVERLAY): array
            for name, array in arrays.items()
            if name.startswith(_OVERLAY)
        },
    )
