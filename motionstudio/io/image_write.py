"""Pictures to GIF, APNG, single PNG files and PNG sequences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.atomic import Tick
from motionstudio.io.gif_palette import in_palette, shared_palette
from motionstudio.io.limits import check_bytes
from motionstudio.io.provenance import XMP_KEY, Provenance
from motionstudio.io.sequence import Sequence

# Below this, browsers show a frame for a tenth of a second instead.
_SHORTEST_GIF_MS = 20
_GIF_SIDE = 65535


def write_gif(
    pictures: Sequence,
    path: Path,
    plays: int,
    tick: Tick,
    provenance: Provenance | None = None,
) -> None:
    """Write a GIF; delays are whole hundredths of a second whose rounding does not add up.

    Grey is exact; colour is reduced to 256 colours that all frames share. Frames that are
    exactly alike become one that stays longer.

    Args:
        pictures: what to write.
        path: where to.
        plays: how often it is played; 0: for ever.
        tick: progress and cancellation.
        provenance: goes into the comment.

    Raises:
        MotionStudioError: a side is longer than a GIF can hold.
        Cancelled: the tick answered False.
    """
    if max(pictures.shape[:2]) > _GIF_SIDE:
        raise MotionStudioError(f"{path.name} cannot be written: GIF ends at 65,535 pixels.")
    delays = _delays(pictures, 10, _SHORTEST_GIF_MS)
    options: dict[str, Any] = {"optimize": False, "disposal": 1}
    if plays != 1:
        # The format counts repetitions after the first time; 0 is for ever.
        options["loop"] = max(plays - 1, 0)
    if provenance is not None:
        options["comment"] = provenance.comment().encode()
    palette = shared_palette(pictures)
    images = (
        _image(picture) if palette is None else in_palette(picture, palette)
        for picture in pictures.ticking(tick)
    )
    _animate(pictures, path, "GIF", delays, images, options)


def write_apng(
    pictures: Sequence,
    path: Path,
    plays: int,
    tick: Tick,
    provenance: Provenance | None = None,
) -> None:
    """Write an animated PNG, lossless, delays in whole milliseconds.

    Arguments as for ``write_gif``; ``provenance`` goes into text chunks and XMP.

    Raises:
        Cancelled: the tick answered False.
    """
    options: dict[str, Any] = {"loop": plays}
    if provenance is not None:
        options["pnginfo"] = _chunks(provenance)
    images = (_image(picture) for picture in pictures.ticking(tick))
    _animate(pictures, path, "PNG", _delays(pictures, 1, 1), images, options)


def write_png(picture: NDArray[np.uint8], path: Path, provenance: Provenance | None = None) -> None:
    """Write one (H, W, C) uint8 picture, lossless; provenance as text chunks and XMP."""
    chunks = None if provenance is None else _chunks(provenance)
    _image(picture).save(path, "PNG", pnginfo=chunks)


def write_png_sequence(
    pictures: Sequence, folder: Path, tick: Tick, provenance: Provenance | None = None
) -> None:
    """Write ``frame_0000.png`` and so on into an existing folder.

    Raises:
        Cancelled: the tick answered False.
    """
    digits = max(4, len(str(len(pictures) - 1)))
    for index, picture in enumerate(pictures.ticking(tick)):
        write_png(picture, folder / f"frame_{index:0{digits}d}.png", provenance)


def _image(picture: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)


def _delays(pictures: Sequence, unit: int, shortest: int) -> list[int]:
    """Milliseconds of each frame in multiples of ``unit``; the sum stays true to the times."""
    ends = np.cumsum(pictures.durations()) * 1000
    rounded = np.rint(ends / unit).astype(int) * unit
    return [max(shortest, int(d)) for d in np.diff(rounded, prepend=0)]


def _chunks(provenance: Provenance) -> PngInfo:
    info = PngInfo()
    info.add_text("Software", provenance.software)
    info.add_text("Comment", provenance.comment())
    if provenance.xmp():
        info.add_itxt(XMP_KEY, provenance.xmp())
    return info


def _animate(
    pictures: Sequence,
    path: Path,
    kind: str,
    delays: list[int],
    images: Iterator[Image.Image],
    options: dict[str, Any],
) -> None:
    # Pillow keeps the frames that it writes.
    check_bytes(path, len(pictures) * int(np.prod(pictures.shape)))
    first = next(images)
    # Pillow's APNG writer goes through the images twice.
    rest = images if kind == "GIF" else list(images)
    first.save(path, kind, save_all=True, append_images=rest, duration=_once(delays), **options)


def _once(delays: list[int]) -> list[int] | int:
    return delays if len(delays) > 1 else delays[0]


__all__ = ["write_apng", "write_gif", "write_png", "write_png_sequence"]
