"""Archives and streams put together by hand, as no honest program would write them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

STORED, DEFLATED = 0, 8
_FAR = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a zip: ``size`` bytes, as is said, kept as ``content``."""

    name: str
    content: bytes = b""
    size: int = 0
    method: int = STORED
    crc: int = 0


def archive(path: Path, members: Iterable[Member]) -> Path:
    """A zip64 of these members; what they say is written as it is."""
    body, directory, count = io.BytesIO(), io.BytesIO(), 0
    for member in members:
        count += 1
        name, place = member.name.encode(), body.tell()
        sizes = struct.pack("<HHQQ", 1, 16, member.size, len(member.content))
        common = struct.pack(
            "<HHHHHIII", 45, 0, member.method, 0, 33, member.crc, _FAR, _FAR
        ) + struct.pack("<HH", len(name), len(sizes))  # fmt: skip
        body.write(b"PK\x03\x04" + common + name + sizes + member.content)
        where = struct.pack("<HHHII", 0, 0, 0, 0, place)
        directory.write(b"PK\x01\x02" + struct.pack("<H", 45) + common + where + name + sizes)
    start, length = body.tell(), directory.tell()
    numbers = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, length, start)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, start + length, 1)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, _FAR, _FAR, 0)
    written = (body.getvalue(), directory.getvalue(), b"PK\x06\x06" + numbers, locator, end)
    path.write_bytes(b"".join(written))
    return path


def zeros(mebibytes: int, head: bytes = b"") -> bytes:
    """A raw deflate stream of ``head`` and so many MiB of zeros, a thousandth as long."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = pack.compress(head) + pack.flush(zlib.Z_FULL_FLUSH)
    block = pack.compress(bytes(1 << 20)) + pack.flush(zlib.Z_FULL_FLUSH)
    return first + block * mebibytes + pack.flush(zlib.Z_FINISH)


def bomb(name: str, mebibytes: int, head: bytes = b"", said: int | None = None) -> Member:
    """A member that unpacks into so many MiB; it says so, or says ``said`` bytes."""
    size = len(head) + (mebibytes << 20)
    return Member(name, zeros(mebibytes, head), size if said is None else said, DEFLATED)


def gzipped(mebibytes: int, head: bytes = b"") -> bytes:
    """A gzip file of ``head`` and so many MiB of zeros."""
    size = len(head) + (mebibytes << 20)
    # Whoever reads as far as to the wrong sum has unpacked all of it.
    end = struct.pack("<II", 0, size & _FAR)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + zeros(mebibytes, head) + end
