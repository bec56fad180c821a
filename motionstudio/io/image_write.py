"""Pictures to GIF, APNG, single PNG files and PNG sequences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.atomic import Tick
from motionstudio.io.limits import check_bytes
from motionstudio.io.sequence import Sequence

# Below this, browsers show a frame for a tenth of a second instead.
_SHORTEST_GIF_MS = 20
_GIF_SIDE = 65535


def write_gif(pictures: Sequence, path: Path, loop: bool, tick: Tick) -> None:
    """Write a GIF; delays are whole hundredths of a second whose rounding does not add up.

    Grey is exact; colour is reduced to 256 colours for each frame. Frames that are exactly
    alike become one that stays longer.

    Raises:
        MotionStudioError: a side is longer than a GIF can hold.
        Cancelled: the tick answered False.
    """
    if max(pictures.shape[:2]) > _GIF_SIDE:
        raise MotionStudioError(f"{path.name} cannot be written: GIF ends at 65,535 pixels.")
    delays = _delays(pictures, 10, _SHORTEST_GIF_MS)
    _animate(pictures, path, "GIF", delays, loop, tick)


def write_apng(pictures: Sequence, path: Path, loop: bool, tick: Tick) -> None:
    """Write an animated PNG, lossless, delays in whole milliseconds.

    Raises:
        Cancelled: the tick answered False.
    """
    _animate(pictures, path, "PNG", _delays(pictures, 1, 1), loop, tick)


def write_png(picture: NDArray[np.uint8], path: Path) -> None:
    """Write one (H, W, C) uint8 picture, lossless."""
    _image(picture).save(path, "PNG")


def write_png_sequence(pictures: Sequence, folder: Path, tick: Tick) -> None:
    """Write ``frame_0000.png`` and so on into an existing folder.

    Raises:
        Cancelled: the tick answered False.
    """
    digits = max(4, len(str(len(pictures) - 1)))
    for index, picture in enumerate(pictures.ticking(tick)):
        write_png(picture, folder / f"frame_{index:0{digits}d}.png")


def _image(picture: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)


def _delays(pictures: Sequence, unit: int, shortest: int) -> list[int]:
    """Milliseconds of each frame in multiples of ``unit``; the sum stays true to the times."""
    ends = np.cumsum(pictures.durations()) * 1000
    rounded = np.rint(ends / unit).astype(int) * unit
    return [max(shortest, int(d)) for d in np.diff(rounded, prepend=0)]


def _animate(
    pictures: Sequence, path: Path, kind: str, delays: list[int], loop: bool, tick: Tick
) -> None:
    # Pillow keeps the frames that it writes.
    check_bytes(path, len(pictures) * int(np.prod(pictures.shape)))
    images = _images(pictures, tick)
    first = next(images)
    # Pillow's APNG writer goes through the images twice.
    rest = images if kind == "GIF" else list(images)
    options = {"loop": 0} if loop else ({} if kind == "GIF" else {"loop": 1})
    if kind == "GIF":
        options |= {"optimize": False, "disposal": 1}
    first.save(path, kind, save_all=True, append_images=rest, duration=_once(delays), **options)


def _images(pictures: Sequence, tick: Tick) -> Iterator[Image.Image]:
    for picture in pictures.ticking(tick):
        yield _image(picture)


def _once(delays: list[int]) -> list[int] | int:
    return delays if len(delays) > 1 else delays[0]


__all__ = ["write_apng", "write_gif", "write_png", "write_png_sequence"]
