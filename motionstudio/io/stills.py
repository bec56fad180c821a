"""Still pictures: PNG, JPEG, WebP, BMP, PNM; animated ones and sprite strips by the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.animated import is_animated, probe_animation, read_animation
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.pillow import ALPHA_NOTE, opened, over_grey, pixels
from motionstudio.io.png_chunks import ends_with_its_pixels
from motionstudio.io.problems import reading
from motionstudio.io.timing import nominal_times

_PNG = b"\x89PNG\r\n\x1a\n"
_SIDEWAYS = (5, 6, 7, 8)
_ORIENTATION = 0x0112


def probe(path: Path) -> ClipInfo:
    """What a picture file holds, from its header."""
    with reading(path), opened(path) as picture:
        if is_animated(picture):
            return probe_animation(path, picture)
        height, width = picture.height, picture.width
        if _exif(path, picture).get(_ORIENTATION) in _SIDEWAYS:
            height, width = width, height
        deep = picture.mode.startswith("I;16") or _is_deep_png(path)
        dtype = "uint16" if deep else {"I": "int32", "F": "float32"}.get(picture.mode, "uint8")
        grey = picture.mode[0] in "1LIF" and picture.mode != "LAB" and not _is_deep_png(path)
        kind = f"{picture.format} picture"
    strip = width // height if _is_strip(height, width) and kind.startswith("PNG") else 0
    hint = f"{path.name} looks like a strip of {strip} square frames side by side."
    return ClipInfo(
        kind=kind,
        frames=1,
        size=(height, width),
        channels=1 if grey else 3,
        dtype=dtype,
        strip_frames=strip,
        warnings=(hint,) if strip else (),
    )


def read(path: Path, options: ReadOptions) -> Clip:
    """One frame, the frames of a strip, or an animation."""
    with reading(path), opened(path) as picture:
        animated = is_animated(picture)
        kind = f"{picture.format} picture"
    if animated:
        return read_animation(path, options)
    frame, alpha = read_still(path)
    notes: tuple[str, ...] = (ALPHA_NOTE.format(name=path.name),) if alpha else ()
    frames = _cut(path, frame) if options.strip else frame[np.newaxis]
    if not options.strip and kind.startswith("PNG") and _is_strip(*frame.shape[:2]):
        count = frame.shape[1] // frame.shape[0]
        notes += (f"{path.name} looks like a strip of {count} square frames side by side.",)
    times, assumed = nominal_times(len(frames), options.fps, path.name)
    return Clip(
        frames, times, path.stem, path, provenance={"format": kind}, warnings=notes + assumed
    )


def read_still(path: Path) -> tuple[NDArray[Any], bool]:
    """One picture, upright.

    Returns:
        (H, W, C), C = 1 or 3, and whether transparent parts were laid over neutral grey.

    Raises:
        MotionStudioError: it cannot be read.
    """
    with reading(path), opened(path) as picture:
        if _is_deep_png(path):
            # Pillow checks the whole file first: OpenCV decodes damage to rubbish.
            picture.load()
            return _deep_png(path)
        orientation = picture.getexif().get(_ORIENTATION, 1)
        frame, alpha = pixels(picture)
        if orientation in range(2, 9):
            frame = _upright(frame, orientation)
        return frame, alpha


def _exif(path: Path, picture: Image.Image) -> Image.Exif:
    """What the camera noted, without decoding the pixels where nothing stands behind them."""
    if isinstance(picture, PngImageFile) and ends_with_its_pixels(path):
        # Its own ``getexif`` decodes everything to see what follows the pixels.
        return Image.Image.getexif(picture)
    return picture.getexif()


def _upright(frame: NDArray[Any], orientation: int) -> NDArray[Any]:
    """(H, W, C) turned as the EXIF ``orientation`` 2..8 asks."""
    if orientation >= 5:
        frame = frame.swapaxes(0, 1)
    flip_rows = orientation in (3, 4, 7, 8)
    flip_columns = orientation in (2, 3, 6, 7)
    return np.ascontiguousarray(frame[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1])


def _is_deep_png(path: Path) -> bool:
    """A PNG of 16 bits in colour or with alpha, which Pillow would cut to 8 bits unasked."""
    with path.open("rb") as stream:
        head = stream.read(26)
    return head.startswith(_PNG) and len(head) == 26 and head[24] == 16 and head[25] != 0


def _deep_png(path: Path) -> tuple[NDArray[Any], bool]:
    data = np.fromfile(path, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.dtype != np.uint16:
        raise MotionStudioError(f"{path.name} could not be read: its 16-bit data are damaged.")
    if picture.shape[2] == 4:
        colour = np.asarray(picture[..., 2::-1])
        return over_grey(colour, np.asarray(picture[..., 3:])), bool(picture[..., 3].min() < 65535)
    return np.ascontiguousarray(picture[..., ::-1]), False


def _is_strip(height: int, width: int) -> bool:
    return width >= 3 * height and width % height == 0


def _cut(path: Path, frame: NDArray[Any]) -> NDArray[Any]:
    """(H, n * H, C) as (n, H, H, C)."""
    height, width = frame.shape[:2]
    if not _is_strip(height, width):
        raise MotionStudioError(
            f"{path.name} is {width} x {height} pixels, which is no strip of square frames.",
            "The width must be a whole multiple of the height, three times or more.",
        )
    cut = frame.reshape(height, width // height, height, frame.shape[2]).swapaxes(0, 1)
    return np.ascontiguousarray(cut)
