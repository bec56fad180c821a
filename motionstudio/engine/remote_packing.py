"""Requests as bytes whose large arrays are named by content, so that each travels once.

A picture, or each frame of a clip, of ``LARGE`` bytes and more stands in the bytes as the key of
its content; whoever unpacks them looks the array up. Both sides are this program, and trust each
other as far as Ray does, which carries the bytes: nothing here is ever read from a file.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import FrameSource
from motionstudio.engine.keys import content_key

LARGE = 32 * 2**10
"""Bytes from which on an array is named rather than sent along."""
_REMEMBERED = 16
Array = NDArray[Any]
Read = Callable[[], Array]


class TooLarge(Exception):
    """The media of a request are larger than what is sent."""


class MissingContent(Exception):
    """Arrays that packed bytes name are not at hand; ``keys`` are theirs."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(f"{len(keys)} arrays are not at hand")
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Parcel:
    """A packed value.

    Attributes:
        blob: the bytes.
        contents: how to read each large array, by key.
    """

    blob: bytes
    contents: Mapping[str, Read]


class Packer:
    """Packs values; what was named before is not read again to be named.

    Args:
        limit: bytes of media that one value may name.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # The objects themselves are kept, so that no id is used again.
        self._named: OrderedDict[int, tuple[object, tuple[str, ...]]] = OrderedDict()

    def pack(self, value: object) -> Parcel:
        """``value`` as bytes and the arrays that they name.

        Raises:
            TooLarge: the media take more than the limit.
        """
        contents: dict[str, Read] = {}
        stream = io.BytesIO()
        pickler = _Pickler(stream, self._names, contents, self._limit)
        pickler.dump(value)
        return Parcel(stream.getvalue(), contents)

    def _names(self, frames: FrameSource | Array) -> tuple[str, ...]:
        """A key for each frame of a sequence (T, H, W, C), or one for another array."""
        known = self._named.get(id(frames))
        if known is None:
            whole = isinstance(frames, np.ndarray) and frames.ndim != 4
            count = 1 if whole else len(frames)
            parts = (_part(frames, place, whole) for place in range(count))
            known = self._named[id(frames)] = (frames, tuple(content_key(p) for p in parts))
            while len(self._named) > _REMEMBERED:
                self._named.popitem(last=False)
        return known[1]


def unpack(blob: bytes, find: Callable[[str], Array | None]) -> Any:
    """The value that ``Packer.pack`` packed.

    Args:
        blob: its bytes.
        find: the array under a key, or None.

    Raises:
        MissingContent: arrays are not at hand.
    """
    unpickler = _Unpickler(io.BytesIO(blob), find)
    value = unpickler.load()
    if unpickler.missing:
        raise MissingContent(tuple(dict.fromkeys(unpickler.missing)))
    return value


class _Pickler(pickle.Pickler):
    """Writes keys in place of large arrays and of frames that are read lazily."""

    def __init__(
        self,
        stream: io.BytesIO,
        names: Callable[[Any], tuple[str, ...]],
        contents: dict[str, Read],
        limit: int,
    ) -> None:
        super().__init__(stream, protocol=5)
        self._names, self._contents, self._left = names, contents, limit

    def persistent_id(self, value: object) -> tuple[str, tuple[str, ...]] | None:
        """What stands for ``value``, or None where it is written as it is."""
        if isinstance(value, np.ndarray):
            if value.nbytes < LARGE or value.dtype.hasobject:
                return None
            return self._name("frames" if value.ndim == 4 else "array", value, value.nbytes)
        if isinstance(value, type) or not isinstance(value, FrameSource) or len(value.shape) != 4:
            return None
        return self._name("frames", value, int(np.prod(value.shape)) * value.dtype.itemsize)

    def _name(self, kind: str, value: Any, size: int) -> tuple[str, tuple[str, ...]]:
        self._left -= size
        if self._left < 0:
            raise TooLarge
        keys = self._names(value)
        for place, key in enumerate(keys):
            self._contents.setdefault(key, partial(_part, value, place, kind == "array"))
        return kind, keys


class _Unpickler(pickle.Unpickler):
    """Puts arrays back; notes what is missing and goes on."""

    def __init__(self, stream: io.BytesIO, find: Callable[[str], Array | None]) -> None:
        super().__init__(stream)
        self._find = find
        self.missing: list[str] = []

    def persistent_load(self, pid: Any) -> Array:
        """The array, or the frames as one array (T, H, W, C), that ``pid`` names."""
        kind, keys = pid
        parts = [self._find(key) for key in keys]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            self.missing += [key for key, part in zip(keys, parts, strict=True) if part is None]
            return np.empty(0, np.uint8)  # What holds it is thrown away.
        return found[0] if kind == "array" else np.stack(found)


def _part(value: Any, place: int, whole: bool) -> Array:
    return np.asarray(value) if whole else np.asarray(value[place])
