"""Animated images: GIF, APNG and WebP, composited as a browser shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.limits import MAX_ANIMATION_BYTES, MAX_FRAMES
from motionstudio.io.pillow import ALPHA_NOTE, opened, pixels, reduced
from motionstudio.io.problems import plain_reason, reading

_NAMES = {"GIF": "GIF animation", "PNG": "APNG animation", "WEBP": "WebP animation"}
# Browsers show frames without a delay for a tenth of a second.
_DEFAULT_MS = 100.0


def is_animated(picture: Image.Image) -> bool:
    """Whether an opened picture is one of the animated formats with more than one frame."""
    return picture.format in _NAMES and getattr(picture, "is_animated", False)


def probe_animation(path: Path, picture: Image.Image) -> ClipInfo:
    """What an opened animation holds; its delays are only known once it is read."""
    first = _first(picture)
    frames = getattr(picture, "n_frames", 1) - first
    return ClipInfo(
        kind=_NAMES[str(picture.format)],
        frames=frames,
        size=(picture.height, picture.width),
        channels=3,
        dtype="uint8",
    )


def read_animation(path: Path, options: ReadOptions) -> Clip:
    """Read all frames of an animation, or those before the place where it is damaged.

    Args:
        path: a GIF, APNG or WebP file.
        options: nothing of it applies: the file states its own times.

    Raises:
        MotionStudioError: not one frame could be read.
    """
    with reading(path), opened(path) as picture:
        kind = _NAMES[str(picture.format)]
        decoded = _decode(path, picture)
    if not decoded.frames:
        raise MotionStudioError(f"{path.name} could not be read: {decoded.stopped}.")
    notes = []
    if decoded.alpha:
        notes.append(ALPHA_NOTE.format(name=path.name))
    if decoded.stopped:
        notes.append(
            f"{path.name} could be read up to frame {len(decoded.frames)} only: {decoded.stopped}."
        )
    seconds = np.concatenate([[0.0], np.cumsum(decoded.delays[:-1]) / 1000])
    frames = reduced(decoded.stacked())
    facts = {"format": kind, "last_delay_ms": f"{decoded.delays[-1]:g}"}
    return Clip(frames, seconds, path.stem, path, provenance=facts, warnings=tuple(notes))


@dataclass(slots=True)
class _Decoded:
    frames: list[NDArray[np.uint8]] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    alpha: bool = False
    stopped: str = ""

    def stacked(self) -> NDArray[np.uint8]:
        """(T, H, W, 3); each frame is let go once it is copied, so that memory never doubles."""
        count = len(self.frames)
        out = np.empty((count, *self.frames[0].shape), np.uint8)
        for row in reversed(range(count)):
            out[row] = self.frames.pop()
        return out


def _first(picture: Image.Image) -> int:
    """1 for an APNG whose first picture is only a stand-in for programs that know no APNG."""
    return 1 if getattr(picture, "default_image", False) else 0


def _decode(path: Path, picture: Image.Image) -> _Decoded:
    """Frames and delays up to the end, the first damage, or the limit of memory."""
    decoded = _Decoded()
    index = _first(picture)
    room = max(1, MAX_ANIMATION_BYTES // (picture.height * picture.width * 3))
    while True:
        try:
            picture.seek(index)
            # Before it is decoded: a later picture may be thousands of times larger.
            if decoded.frames and picture.size[::-1] != decoded.frames[0].shape[:2]:
                decoded.stopped = "its picture size changes"
                break
            frame, alpha = pixels(picture)
        except EOFError:
            break
        except Exception as error:  # noqa: BLE001 - any codec's; told to the person as a reason
            decoded.stopped = plain_reason(error)
            break
        if len(decoded.frames) >= min(room, MAX_FRAMES):
            decoded.stopped = f"more would not fit into {MAX_ANIMATION_BYTES >> 20:,} MiB"
            break
        if decoded.frames and frame.shape[:2] != decoded.frames[0].shape[:2]:
            decoded.stopped = "its picture size changes"
            break
        colour = frame if frame.shape[2] == 3 else np.repeat(frame, 3, axis=2)
        decoded.frames.append(colour.astype(np.uint8, copy=False))
        decoded.delays.append(_delay(picture))
        decoded.alpha |= alpha
        index += 1
    return decoded


def _delay(picture: Image.Image) -> float:
    """Milliseconds that the current frame stays, 100 where the file says 0 or nothing."""
    stated = picture.info.get("duration", 0)
    try:
        delay = float(stated)
    except (TypeError, ValueError):
        return _DEFAULT_MS
    return delay if 0 < delay < 1e7 else _DEFAULT_MS
