"""Which encoders of films work here: those of libraries that were left out do not open."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

import av

_WEBM: Final = ("libvpx-vp9",)
_OTHERS: Final = ("libx264", "libsvtav1")
"""For MP4 and its like: H.264 plays everywhere; AV1 serves where nothing is under the GPL."""
_SIDE = 64
# Else it writes thirty lines about itself to stderr for each film.
os.environ.setdefault("SVT_LOG", "1")


def encoder_for(suffix: str) -> str | None:
    """The name of the encoder for films of this kind; None where none of them works.

    Args:
        suffix: of the file, such as ``.mp4``.
    """
    names = _WEBM if suffix.lower() == ".webm" else _OTHERS
    return next((name for name in names if works(name)), None)


@cache
def works(name: str) -> bool:
    """Whether an encoder is there and opens."""
    try:
        context = av.VideoCodecContext.create(name, "w")
        context.width = context.height = _SIDE
        context.pix_fmt, context.framerate = "yuv420p", 25
        context.open()
    except (ValueError, av.FFmpegError):
        return False
    return True


def options_of(name: str, quality: int) -> dict[str, str]:
    """What an encoder is told.

    Args:
        name: of the encoder.
        quality: constant rate factor as H.264 has it, 0 (largest) to 51 (smallest).
    """
    if name == "libsvtav1":
        # Its scale ends at 63; its usual preset takes ten times as long as H.264.
        return {"crf": str(round(quality * 63 / 51)), "preset": "9"}
    return {"crf": str(quality)} | ({"b": "0"} if name == "libvpx-vp9" else {})
