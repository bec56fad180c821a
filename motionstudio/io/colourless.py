"""Grey pictures that are stored in colour: video is nearly always, whatever it shows.

Whether there is colour is decided once, when a clip is read, so that its frames never change their
shape. Frames in memory are looked at one and all; of frames that are decoded when asked for, a few
are, spread over the whole, the cheap ones where the reader says which these are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip, FrameSource
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.lazy import LazyFrames

TOLERANCE = 6
"""Levels of 255 by which red, green and blue may differ: rounded chroma, which nobody can see."""
LOOKED_AT = 12
"""Frames of a source on disk that are looked at."""
_NEAR = 240
_COARSE = 8
_DARK = 8
"""Clips of 8 bits that stay below some 50 levels may differ by this part of their brightest."""
_FACT = "stored"


def grey_if_colourless(clip: Clip) -> Clip:
    """A clip of three channels that shows no colour, as a grey one; any other as it is.

    Integers of 8 bits may differ by ``TOLERANCE``, less where all is nearly black; those of 16 bits
    by that share of the brightest, as 10 or 12 bits are often stored in 16; other types not at all.
    A clip of which nothing but even areas was seen stays in colour: it may begin later. What was
    done stands in ``Clip.provenance``.
    """
    if clip.channels != 3:
        return clip
    held = _is_held(clip.frames)
    places = np.arange(len(clip)) if held else _places(clip.frames)
    if not _colourless(clip.frames, places):
        return clip
    told = "in colour, all channels alike: read as grey"
    if len(places) < len(clip):
        told += f" ({len(places)} of {len(clip):,} frames looked at)"
    frames = _whole(clip.frames) if held else _on_demand(clip.frames)
    return replace(clip, frames=frames, provenance={**clip.provenance, _FACT: told})


def _is_held(frames: FrameSource) -> bool:
    """Whether the frames are in memory, so that looking costs no decoding."""
    base: Any = frames
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            return False
        if base.base is None:
            return True
        base = base.base
    return isinstance(frames, np.ndarray)


def _places(frames: FrameSource) -> NDArray[np.intp]:
    """(n,) frames to look at, in order: cheap ones all over, or else some near the start too."""
    count = len(frames)
    cheap = np.asarray(frames.cheap if isinstance(frames, LazyFrames) else (), np.intp)
    if len(cheap) == 0:
        return _spread(np.arange(count))
    # Where key frames are few, others cost what lies between: only near ones are asked for.
    near = _spread(np.arange(min(count, _NEAR))) if len(cheap) < LOOKED_AT else cheap[:0]
    return np.unique(np.concatenate([_spread(cheap), near]))


def _spread(places: NDArray[np.intp]) -> NDArray[np.intp]:
    chosen = np.linspace(0, len(places) - 1, min(LOOKED_AT, len(places)))
    return np.unique(places[np.rint(chosen).astype(np.intp)])


def _colourless(frames: FrameSource, places: NDArray[np.intp]) -> bool:
    """Whether none of these frames has colour, and one shows anything at all."""
    shows, apart, brightest = False, 0.0, 0.0
    most = _room(frames.dtype, _top(frames.dtype))
    for frame in _readable(frames, places):
        for part in (frame[::_COARSE, ::_COARSE], frame):
            apart = max(apart, _apart(part))
            if apart > most:
                return False
        brightest = max(brightest, float(frame[..., 0].max()))
        shows = shows or bool(frame[..., 0].max() > frame[..., 0].min())
    return shows and apart <= _room(frames.dtype, brightest)


def _readable(frames: FrameSource, places: NDArray[np.intp]) -> Iterator[NDArray[Any]]:
    """Frames one after another, without damaged ones: who asks for these is told then."""
    for place in places:
        try:
            yield np.asarray(frames[int(place)])
        except MotionStudioError:
            continue


def _apart(frame: NDArray[Any]) -> float:
    """By how much channels of (H, W, 3) differ at most; infinite where that may not be at all."""
    red, green, blue = (np.ascontiguousarray(frame[..., channel]) for channel in range(3))
    if frame.dtype not in (np.uint8, np.uint16):
        exact = frame.dtype.kind != "f"
        alike = all(np.array_equal(red, c, equal_nan=not exact) for c in (green, blue))
        return 0.0 if alike else np.inf
    pairs = ((red, green), (green, blue), (red, blue))
    return max(float(cv2.absdiff(one, other).max()) for one, other in pairs)


def _top(dtype: np.dtype[Any]) -> float:
    return float(np.iinfo(dtype).max) if dtype in (np.uint8, np.uint16) else 0.0


def _room(dtype: np.dtype[Any], brightest: float) -> float:
    """By how much channels may differ where the brightest value seen is this."""
    if dtype == np.uint8:
        return min(float(TOLERANCE), brightest // _DARK)
    return TOLERANCE * brightest // 255 if dtype == np.uint16 else 0.0


def _grey(frame: NDArray[Any]) -> NDArray[Any]:
    """(H, W, 1) of (H, W, 3): exactly a channel where all are equal, else their luma."""
    if frame.dtype not in (np.uint8, np.uint16):
        return np.ascontiguousarray(frame[..., :1])
    luma = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
    return np.asarray(luma, frame.dtype).reshape(*frame.shape[:2], 1)


def _whole(frames: FrameSource) -> NDArray[Any]:
    out = np.empty((*frames.shape[:3], 1), frames.dtype)
    for place in range(len(frames)):
        out[place] = _grey(np.asarray(frames[place]))
    return out


def _on_demand(frames: FrameSource) -> LazyFrames:
    count, height, width, _ = frames.shape
    load = frames.load if isinstance(frames, LazyFrames) else frames.__getitem__
    return LazyFrames((count, height, width, 1), frames.dtype, lambda t: _grey(np.asarray(load(t))))
