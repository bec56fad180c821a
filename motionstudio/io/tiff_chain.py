"""The chain of pages of a TIFF file, which a damaged or hostile one closes to a circle."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.limits import check_count

_PLAIN, _BIG = 42, 43


def check_chain(path: Path) -> None:
    """Refuse a file the pages of which come round again: whoever follows them never ends.

    Args:
        path: a TIFF or BigTIFF file; in others nothing is looked at.

    Raises:
        MotionStudioError: they do, or are too many.
        OSError: it cannot be read.
    """
    seen = set()
    with path.open("rb") as stream:
        for place in _pages(stream):
            if place in seen:
                raise MotionStudioError(
                    f"{path.name} is damaged: its pages follow each other in a circle.",
                    "Export it again.",
                )
            seen.add(place)
            check_count(path, len(seen))


def _pages(stream: IO[bytes]) -> Iterator[int]:
    """Where the pages begin, each as the one before says, up to the last or to the file's end."""
    head = stream.read(16)
    if len(head) < 16 or head[:2] not in (b"II", b"MM"):
        return
    order = "<" if head[:2] == b"II" else ">"
    kind = struct.unpack(f"{order}H", head[2:4])[0]
    if kind not in (_PLAIN, _BIG):
        return
    count, link, tag = ("H", "I", 12) if kind == _PLAIN else ("Q", "Q", 20)
    place = struct.unpack_from(f"{order}{link}", head, 4 if kind == _PLAIN else 8)[0]
    while place:
        yield place
        stream.seek(place)
        tags = _number(stream, order + count)
        if tags is None or tags > 1 << 16:
            return
        stream.seek(tags * tag, 1)
        place = _number(stream, order + link)


def _number(stream: IO[bytes], form: str) -> int | None:
    """The next number, None at the end of the file."""
    held = stream.read(struct.calcsize(form))
    return None if len(held) < struct.calcsize(form) else int(struct.unpack(form, held)[0])
