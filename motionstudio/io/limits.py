"""What the readers refuse, so that a small hostile file cannot eat the machine."""

from __future__ import annotations

from pathlib import Path

from motionstudio.core.errors import MotionStudioError

MAX_FRAME_PIXELS = 100_000_000
"""Largest picture that is decoded, in pixels (height x width)."""

MAX_EAGER_BYTES = 1 << 30
"""Most bytes that one file may occupy in memory once decoded; longer videos are streamed."""

MAX_ANIMATION_BYTES = 384 << 20
"""Most bytes of an animated image in memory; compositing is slow, so it is also a limit of time."""

MAX_FRAMES = 1_000_000
"""Most frames of one clip."""

CACHE_BYTES = 256 << 20
"""Decoded frames kept for one streamed clip."""


def check_frame(path: Path, height: int, width: int) -> None:
    """Refuse pictures without pixels or with more than ``MAX_FRAME_PIXELS``.

    Raises:
        MotionStudioError: the picture is empty or too large.
    """
    if height < 1 or width < 1:
        raise MotionStudioError(f"{path.name} holds a picture without pixels.")
    if height * width > MAX_FRAME_PIXELS:
        raise MotionStudioError(
            f"{path.name} holds pictures of {width} x {height} pixels; "
            f"the limit is {MAX_FRAME_PIXELS // 1_000_000} million pixels.",
            "Scale the pictures down first.",
        )


def check_bytes(path: Path, count: int) -> None:
    """Refuse what would occupy more than ``MAX_EAGER_BYTES`` in memory.

    Raises:
        MotionStudioError: ``count`` bytes are too many.
    """
    if count > MAX_EAGER_BYTES:
        raise MotionStudioError(
            f"{path.name} would take {count / 2**20:,.0f} MiB in memory; "
            f"the limit is {MAX_EAGER_BYTES >> 20:,} MiB.",
            "Shorten it, scale it down, or save it as a video, which is streamed.",
        )


def check_count(path: Path, count: int) -> None:
    """Refuse clips without frames or with more than ``MAX_FRAMES``.

    Raises:
        MotionStudioError: there are no frames or too many.
    """
    if count < 1:
        raise MotionStudioError(f"{path.name} holds no frames.")
    if count > MAX_FRAMES:
        raise MotionStudioError(
            f"{path.name} holds {count:,} frames; the limit is {MAX_FRAMES:,}.",
            "Cut it into shorter clips.",
        )
