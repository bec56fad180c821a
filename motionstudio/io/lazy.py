"""Frames that are decoded when asked for, with a cache bounded by bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Frame
from motionstudio.io.limits import CACHE_BYTES


class LazyFrames:
    """A frame source over a function that decodes one frame; safe to share between threads.

    Args:
        shape: (T, H, W, C).
        dtype: of the frames.
        load: frame number in [0, T) to (H, W, C); calls never overlap.
        cache_bytes: decoded frames kept, least recently used first to go.
        cheap: frames that cost less than others, such as key frames; empty: all cost the same.
    """

    def __init__(
        self,
        shape: tuple[int, int, int, int],
        dtype: np.dtype[Any],
        load: Callable[[int], Frame],
        cache_bytes: int = CACHE_BYTES,
        cheap: Sequence[int] = (),
    ) -> None:
        self._shape = shape
        self._dtype = dtype
        self.load = load
        self.cheap = tuple(cheap)
        self._budget = cache_bytes
        self._held = 0
        self._cache: OrderedDict[int, Frame] = OrderedDict()
        self._lock = Lock()

    @property
    def shape(self) -> tuple[int, ...]:
        """(T, H, W, C)."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the frames."""
        return self._dtype

    def __len__(self) -> int:
        return self._shape[0]

    def __getitem__(self, index: Any, /) -> Frame:
        """(H, W, C) for an integer; (n, H, W, C) for a slice, list or array of numbers."""
        if isinstance(index, int | np.integer):
            return self._frame(int(index))
        chosen = np.arange(len(self))[index]
        if chosen.ndim != 1:
            raise IndexError(f"LazyFrames: expected a number, slice or (n,) array, got {index!r}")
        out = np.empty((len(chosen), *self._shape[1:]), self._dtype)
        for row, t in enumerate(chosen):
            out[row] = self._frame(int(t))
        return out

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("LazyFrames: the frames must be decoded, so copy=False is impossible")
        return np.asarray(self[:], dtype=dtype)

    def _frame(self, index: int) -> Frame:
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(f"frame {index} of {len(self)}")
        with self._lock:
            if position in self._cache:
                self._cache.move_to_end(position)
                return self._cache[position]
            frame = self.load(position)
            if frame.shape != self._shape[1:] or frame.dtype != self._dtype:
                raise ValueError(
                    f"LazyFrames: expected {self._shape[1:]} {self._dtype}, "
                    f"got {frame.shape} {frame.dtype}"
                )
            frame.setflags(write=False)
            self._keep(position, frame)
            return frame

    def _keep(self, position: int, frame: Frame) -> None:
        self._cache[position] = frame
        self._held += frame.nbytes
        while self._held > self._budget and len(self._cache) > 1:
            _, oldest = self._cache.popitem(last=False)
            self._held -= oldest.nbytes
