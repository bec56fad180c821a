"""Sequences in one file that is mapped, not read: a data set may be larger than memory.

``pool-KEY.bin`` holds the arrays one after another, ``pool-KEY.json`` says where each lies. The
second is written last, so a pool that has it is whole. Pages that are looked at come from the disk
once and stay as long as the system has room for them; nothing of it counts as the process's own
memory, and all processes of a machine share it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Many
from pathlib import Path
from typing import IO, Any, overload

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.sequence import Sequence

_ALIGNED = 64
_ARRAYS = ("frames", "target", "phase", "field", "parts", "labels")

Place = tuple[int, str, tuple[int, ...]]
"""Offset in bytes, type, shape."""


class MappedPool(Many[Sequence]):
    """The sequences of a file that ``write_pool`` made; another process is handed its path only.

    Args:
        path: of the .json file.

    Raises:
        MotionStudioError: the files are damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            data = np.memmap(path.with_suffix(".bin"), np.uint8, "r")
            if len(data) != told["bytes"]:
                raise ValueError(f"{len(data)} bytes instead of {told['bytes']}")
            self._items = [_sequence(item, data) for item in told["sequences"]]
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise MotionStudioError(
                f"The prepared sequences {path.stem} are damaged.",
                "Remove these files; they are made again.",
            ) from error

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Sequence: ...
    @overload
    def __getitem__(self, index: slice) -> Many[Sequence]: ...
    def __getitem__(self, index: int | slice) -> Sequence | Many[Sequence]:
        return self._items[index]

    def __iter__(self) -> Iterator[Sequence]:
        return iter(self._items)

    def __reduce__(self) -> tuple[type[MappedPool], tuple[Path]]:
        return MappedPool, (self._path,)


class FramesOf(Many[NDArray[np.uint8]]):
    """The frames alone of a pool, (T, S, S, C) each.

    Args:
        pool: whose.
    """

    def __init__(self, pool: Many[Sequence]) -> None:
        self._pool = pool

    def __len__(self) -> int:
        return len(self._pool)

    @overload
    def __getitem__(self, index: int) -> NDArray[np.uint8]: ...
    @overload
    def __getitem__(self, index: slice) -> Many[NDArray[np.uint8]]: ...
    def __getitem__(self, index: int | slice) -> NDArray[np.uint8] | Many[NDArray[np.uint8]]:
        if isinstance(index, slice):
            return [item.frames for item in self._pool[index]]
        return self._pool[index].frames


class MappedArray(Many[NDArray[Any]]):
    """The entries of a .npy file along its first axis, mapped.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)

    def __len__(self) -> int:
        return len(self._array)

    @overload
    def __getitem__(self, index: int) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Many[NDArray[Any]]: ...
    def __getitem__(self, index: int | slice) -> NDArray[Any] | Many[NDArray[Any]]:
        found: NDArray[Any] = np.asarray(self._array[index])
        return list(found) if isinstance(index, slice) else found

    def __reduce__(self) -> tuple[type[MappedArray], tuple[Path]]:
        return MappedArray, (self._path,)


def write_pool(path: Path, sequences: Iterable[Sequence]) -> int:
    """Write one sequence after another; never more than one is in memory.

    Args:
        path: of the .json file.
        sequences: taken one by one.

    Returns:
        How many there were; nothing is written for none.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    binary, temporary = path.with_suffix(".bin"), path.with_suffix(".part")
    told: list[dict[str, Any]] = []
    try:
        with temporary.open("wb") as stream:
            told.extend(_store(item, stream) for item in sequences)
            size = stream.tell()
        if told:
            temporary.replace(binary)
            text = json.dumps({"bytes": size, "sequences": told})
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return len(told)


def _store(item: Sequence, stream: IO[bytes]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "cyclic": bool(item.cyclic), "source": int(item.source), "motion": int(item.motion)
    }  # fmt: skip
    for name in _ARRAYS:
        array = getattr(item, name)
        if array is None or (name == "target" and array is item.frames):
            continue
        stream.seek(-stream.tell() % _ALIGNED, os.SEEK_CUR)
        told[name] = [stream.tell(), array.dtype.str, array.shape]
        stream.write(np.ascontiguousarray(array).data)
    return told


def _sequence(told: dict[str, Any], data: NDArray[np.uint8]) -> Sequence:
    found = {name: _view(told[name], data) for name in _ARRAYS if name in told}
    return Sequence(
        found["frames"],
        found.get("target", found["frames"]),
        np.array(found["phase"]),
        told["cyclic"],
        told["source"],
        told["motion"],
        found.get("field"),
        found.get("parts"),
        found.get("labels"),
    )


def _view(place: Place, data: NDArray[np.uint8]) -> NDArray[Any]:
    start, kind, shape = place
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    return np.asarray(data[start : start + size]).view(kind).reshape(shape)
