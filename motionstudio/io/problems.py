"""One plain sentence for whatever goes wrong inside a codec."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from motionstudio.core.errors import Cancelled, MotionStudioError

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (EOFError, "it ends too early"),
    (struct.error, "it ends too early or is damaged"),
    (zipfile.BadZipFile, "it is damaged"),
    (zlib.error, "its compressed data are damaged"),
    (RecursionError, "it is damaged: its parts refer to each other without end"),
    (MemoryError, "it asks for more memory than there is"),
    (OverflowError, "it is damaged: a number in it is out of range"),
    (LookupError, "it is damaged"),
    (UnidentifiedImageError, "it is no picture of a known kind, or damaged"),
    (Image.DecompressionBombError, "its pictures have more pixels than can be read"),
)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever a codec raises while it reads ``path`` into one plain sentence.

    Library warnings are held back: what matters of them is said in ``Clip.warnings``.

    Raises:
        MotionStudioError: naming the file and the reason, for every other exception.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (MotionStudioError, Cancelled):
        raise
    except Exception as error:
        raise MotionStudioError(
            f"{path.name} could not be read: {plain_reason(error)}.",
            "Check that it opens elsewhere, or export it again.",
        ) from error


def plain_reason(error: BaseException) -> str:
    """Why ``error`` happened, as the end of a sentence without full stop."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError) and not type(error).__module__.startswith("av"):
        return "you have no permission"
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    # FFmpeg's errors have it too, whatever they are derived from.
    if words := getattr(error, "strerror", None):
        return str(words)[0].lower() + str(words)[1:]
    first = str(error).strip().split("\n")[0].rstrip(". ")
    return first[:200] if first else f"the decoder failed ({type(error).__name__})"
