"""What stills and animations share: opening with Pillow, alpha, and types of pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.limits import check_frame
from motionstudio.io.png_chunks import longest_text

# Formats whose decoders only decode: no EPS, PDF or WMF, which call programs or the system.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM")
_GREY = 128
_MOST_TEXT = 32 << 20

ALPHA_NOTE = "{name} has transparent parts; they are shown on neutral grey."


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """The picture in ``path``, header read and size checked, pixels not yet decoded."""
    check_text(path)
    with Image.open(path, formats=_FORMATS) as picture:
        check_frame(path, picture.height, picture.width)
        yield picture


def check_text(path: Path) -> None:
    """Refuse pictures with text beside their pixels that Pillow would hold several times.

    Raises:
        MotionStudioError: there is too much of it.
    """
    # Only a large file can hold much.
    if path.stat().st_size > _MOST_TEXT and longest_text(path) > _MOST_TEXT:
        raise MotionStudioError(
            f"{path.name} could not be read: it holds more than {_MOST_TEXT >> 20} MiB of text.",
            "Export the picture again without its text.",
        )


def has_alpha(picture: Image.Image) -> bool:
    """Whether some pixels may be transparent."""
    return picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info


def pixels(picture: Image.Image) -> tuple[NDArray[Any], bool]:
    """Decode one picture.

    Returns:
        (H, W, C) with C = 1 or 3: uint8, or uint16, int32 or float32 for deep grey; and whether
        transparent parts were laid over neutral grey.
    """
    if picture.mode in ("1", "L") and "transparency" not in picture.info:
        return np.array(_as(picture, "L"))[..., np.newaxis], False
    if picture.mode.startswith("I;16"):
        return np.array(picture).astype(np.uint16)[..., np.newaxis], False
    if picture.mode in ("I", "F"):
        return np.array(picture)[..., np.newaxis], False
    if not has_alpha(picture):
        return np.array(_as(picture, "RGB")), False
    rgba = np.array(_as(picture, "RGBA"))
    if rgba[..., 3].min() == 255:
        return np.ascontiguousarray(rgba[..., :3]), False
    flat = over_grey(rgba[..., :3], rgba[..., 3:])
    return (flat[..., :1] if picture.mode in ("LA", "L") else flat), True


def _as(picture: Image.Image, mode: str) -> Image.Image:
    """The picture in a mode: itself, no copy, where it is in that already."""
    return picture if picture.mode == mode else picture.convert(mode)


def over_grey(colour: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Lay (H, W, C) over neutral grey by (H, W, 1) ``alpha``, both of one unsigned type."""
    top = int(np.iinfo(colour.dtype).max)
    grey = _GREY * top / 255
    weight = alpha.astype(np.float32) / top
    mixed = colour.astype(np.float32) * weight + grey * (1 - weight)
    return np.asarray(np.rint(mixed).astype(colour.dtype))


def reduced(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(T, H, W, 3) as (T, H, W, 1) where all three channels are alike everywhere."""
    red = frames[..., :1]
    grey = bool((red == frames[..., 1:2]).all()) and bool((red == frames[..., 2:]).all())
    return np.ascontiguousarray(red) if grey else frames
