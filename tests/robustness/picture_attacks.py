"""Hostile pictures, volumes and films."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from motionstudio.io import probe, read_clip
from tests.io.samples import MAKERS, save_dicom
from tests.robustness import by_hand


def read_frames(path: Path) -> None:
    """Look into a clip and decode its ends, as opening does."""
    probe(path)
    clip = read_clip(path)
    for index in (0, len(clip) - 1):
        np.asarray(clip.frames[index])


def patched(name: str, *changes: tuple[int, bytes]) -> Callable[[Path], Path]:
    """A good file with bytes put over its own, from the places given (negative: from the end)."""

    def make(folder: Path) -> Path:
        path = folder / name
        MAKERS[name](path)
        data = bytearray(path.read_bytes())
        for place, content in changes:
            data[place : place + len(content)] = content
        path.write_bytes(data)
        return path

    return make


def _chunk(kind: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> Callable[[Path], Path]:
    """A PNG that says it has this size, with these chunks before its few bytes of pixels."""

    def make(folder: Path) -> Path:
        head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        parts = [_chunk(kind, body) for kind, body in chunks]
        rest = _chunk(b"IDAT", zlib.compress(bytes(100))) + _chunk(b"IEND", b"")
        path = folder / "picture.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + b"".join(parts) + rest)
        return path

    return make


def text_bomb(folder: Path) -> Path:
    """A small PNG whose comment and colour profile unpack into a GiB each."""
    packed = zlib.compress(b"")[:2] + by_hand.zeros(1024) + bytes(4)
    chunks = ((b"iCCP", b"p\0\0" + packed), (b"zTXt", b"Comment\0\0" + packed))
    return png(8, 8, *chunks)(folder)


def many_frames(folder: Path) -> Path:
    """A GIF of 20 000 frames of a pixel each on a canvas of 4000 x 4000: 900 GiB in 0.4 MB."""
    path = folder / "many.gif"
    Image.new("P", (8, 8)).save(path)
    data = path.read_bytes()
    head = bytearray(data[: data.index(b"\x2c")])
    head[6:10] = struct.pack("<HH", 4000, 4000)
    frame = b"\x21\xf9\x04\0\x05\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    path.write_bytes(bytes(head) + frame * 20_000 + b"\x3b")
    return path


def tiff(width: int, height: int, *, loop: bool = False) -> Callable[[Path], Path]:
    """A TIFF of one page that says it has this size; with ``loop`` the page follows itself."""

    def make(folder: Path) -> Path:
        tags = [
            (256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1),
            (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, min(width * height, 1 << 31)),
        ]  # fmt: skip
        body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
        directory = struct.pack("<H", len(tags)) + body + struct.pack("<I", 8 if loop else 0)
        path = folder / "picture.tif"
        path.write_bytes(b"II*\0" + struct.pack("<I", 8) + directory + bytes(4096))
        return path

    return make


def nifti_bomb(folder: Path) -> Path:
    """A NIfTI of 2 GiB in 2 MB, as its header truly says."""
    plain = folder / "volume.nii"
    MAKERS["volume.nii"](plain)
    head = bytearray(plain.read_bytes()[:352])
    plain.unlink()
    head[40:56] = struct.pack("<8h", 4, 1024, 1024, 1, 2048, 1, 1, 1)
    head[70:74] = struct.pack("<2h", 2, 8)
    path = folder / "bomb.nii.gz"
    path.write_bytes(by_hand.gzipped(2048, bytes(head)))
    return path


def dicom(**tags: object) -> Callable[[Path], Path]:
    """A small DICOM file that says otherwise."""
    return lambda folder: save_dicom(folder / "cine.dcm", np.zeros((2, 16, 16), np.uint16), **tags)


def deflated_dicom(folder: Path) -> Path:
    """A DICOM file in the deflated syntax whose data set unpacks into 3 GiB."""
    path = save_dicom(folder / "deflated.dcm", np.zeros((16, 16), np.uint16))
    data = path.read_bytes()
    old, new = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99"
    place = data.index(old)
    length = struct.unpack("<H", data[place - 2 : place])[0]
    grown = data[: place - 2] + struct.pack("<H", length + 2) + new + data[place + length :]
    group = grown.index(b"\x02\0\0\0UL\x04\0") + 8
    size = struct.unpack("<I", grown[group : group + 4])[0] + 2
    head = grown[:group] + struct.pack("<I", size) + grown[group + 4 : group + 4 + size]
    rest = grown[group + 4 + size :]
    path.write_bytes(head + by_hand.zeros(3072, rest))
    return path


def film(name: str, width: int, height: int) -> Callable[[Path], Path]:
    """A film whose container says that its pictures have another size."""

    def make(folder: Path) -> Path:
        path = folder / name
        MAKERS[name](path)
        data = path.read_bytes()
        if name.endswith(".mp4"):
            # Of the sample entry and of the track's header.
            place = data.index(b"avc1", data.index(b"stsd")) + 28
            size = struct.pack(">HH", width & 0xFFFF, height & 0xFFFF)
            data = data[:place] + size + data[place + 4 :]
        elif name.endswith(".avi"):
            place = data.index(b"strf") + 12
            data = data[:place] + struct.pack("<ii", width, height) + data[place + 8 :]
        path.write_bytes(data)
        return path

    return make


def playlist(name: str, text: str) -> Callable[[Path], Path]:
    """A list that makes FFmpeg open another file, named like a film."""

    def make(folder: Path) -> Path:
        secret = folder.parent / "secret.mp4"
        MAKERS["clip.mp4"](secret)
        path = folder / name
        path.write_text(text.replace("SECRET", str(secret)), encoding="utf-8")
        return path

    return make


def referring_mov(folder: Path) -> Path:
    """A QuickTime film whose data reference names another file."""
    path = folder / "clip.mp4"
    MAKERS["clip.mp4"](path)
    data = path.read_bytes()
    place = data.index(b"url ", data.index(b"dref"))
    # Not "in this file": the flag is cleared.
    path.write_bytes(data[: place + 4] + bytes(4) + data[place + 8 :])
    return path
