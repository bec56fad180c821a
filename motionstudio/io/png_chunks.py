"""The chunks of a PNG file, walked through without decoding its pixels."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = b"IDAT"
_MORE_PIXELS = b"fdAT"
_END = b"IEND"
_BLOCK = 1 << 20


def ends_with_its_pixels(path: Path) -> bool:
    """Whether a PNG file is whole, and says nothing more after its pixels.

    What a picture is (its orientation, its text) may also stand behind its pixels, where a decoder
    comes only by decoding all of them. Of a file that ends with them everything is known from its
    beginning; every checksum is compared, so that a damaged one is never taken for whole.

    Args:
        path: a file.

    Returns:
        False also where anything is odd: let a decoder say what.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        kinds = [*_sound_chunks(stream)]
    if _PIXELS not in kinds or kinds[-1] != _END:
        return False
    return set(kinds[kinds.index(_PIXELS) :]) == {_PIXELS, _END}


def longest_text(path: Path) -> int:
    """Bytes of the longest part of a PNG file that is not pixels, as the file states them.

    Raises:
        OSError: the file cannot be read.
    """
    longest = 0
    with path.open("rb") as stream:
        if stream.read(len(_SIGNATURE)) != _SIGNATURE:
            return 0
        while len(head := stream.read(8)) == 8:
            length = int.from_bytes(head[:4], "big")
            if head[4:] not in (_PIXELS, _MORE_PIXELS):
                longest = max(longest, length)
            stream.seek(length + 4, os.SEEK_CUR)
    return longest


def _sound_chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The names of the chunks, up to the end or the first one that is damaged or cut off."""
    if stream.read(len(_SIGNATURE)) != _SIGNATURE:
        return
    while len(head := stream.read(8)) == 8:
        left, kind = int.from_bytes(head[:4], "big"), head[4:]
        found = zlib.crc32(kind)
        while left and (block := stream.read(min(left, _BLOCK))):
            found, left = zlib.crc32(block, found), left - len(block)
        if left or stream.read(4) != struct.pack(">I", found):
            return
        yield kind
        if kind == _END:
            return
