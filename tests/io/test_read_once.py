"""What a reader reads and decodes: everything once, and no picture to learn its size."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.npyio import NpzFile
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from motionstudio.io import probe, read_clip
from motionstudio.io.png_chunks import ends_with_its_pixels


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts by file name how often the pixels of a PNG were decoded."""
    counted: Counter[str] = Counter()
    finish = PngImageFile.load_end

    def load_end(image: PngImageFile) -> None:
        counted[Path(str(image.filename)).name] += 1
        finish(image)

    monkeypatch.setattr(PngImageFile, "load_end", load_end)
    return counted


def folder_of(place: Path, count: int = 4) -> Path:
    """A folder of grey PNG files of noise, ``p0.png`` and on."""
    place.mkdir()
    rng = np.random.default_rng(0)
    for number in range(count):
        pixels = rng.integers(0, 256, (9, 12), np.uint8)
        Image.fromarray(pixels).save(place / f"p{number}.png")
    return place


def with_chunk(path: Path, kind: bytes, data: bytes) -> None:
    """Put a chunk between the pixels and the end of a PNG file."""
    whole = path.read_bytes()
    chunk = struct.pack(">I", len(data)) + kind + data
    made = whole[:-12] + chunk + struct.pack(">I", zlib.crc32(kind + data)) + whole[-12:]
    path.write_bytes(made)


def test_pictures_of_a_folder_are_decoded_once_and_only_when_asked_for(
    tmp_path: Path, decoded: Counter[str]
) -> None:
    place = folder_of(tmp_path / "f")
    assert probe(place).frames == 4
    assert not decoded
    clip = read_clip(place)
    first = decoded["p0.png"]  # Decoded to see that pictures can be, and whether it has alpha.
    assert decoded == {"p0.png": first}
    np.asarray(clip.frames[:])
    assert decoded == {"p0.png": first, "p1.png": 1, "p2.png": 1, "p3.png": 1}


def test_an_orientation_behind_the_pixels_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "turned.png"
    Image.fromarray(np.zeros((8, 20), np.uint8)).save(path)
    assert ends_with_its_pixels(path)
    exif = Image.Exif()
    exif[0x0112] = 6
    with_chunk(path, b"eXIf", exif.tobytes()[6:])
    assert not ends_with_its_pixels(path)
    assert probe(path).size == (20, 8)
    assert read_clip(path).frames.shape[1:3] == (20, 8)


@pytest.mark.parametrize("damage", ["cut", "pixels"])
def test_a_damaged_picture_is_still_left_out_of_its_folder(tmp_path: Path, damage: str) -> None:
    place = folder_of(tmp_path / "f")
    path = place / "p2.png"
    whole = bytearray(path.read_bytes())
    if damage == "cut":
        whole = whole[:-40]
    else:
        at = whole.index(b"IDAT") + 8
        whole[at : at + 20] = bytes(20)
    path.write_bytes(whole)
    assert not ends_with_its_pixels(path)
    clip = read_clip(place)
    assert len(clip) == 3
    assert "p2.png" in " ".join(clip.warnings)


@pytest.mark.parametrize("end", [0, 4, 8, 20, 40, -1, -13])
def test_what_is_cut_off_anywhere_is_not_whole(tmp_path: Path, end: int) -> None:
    path = folder_of(tmp_path / "f", 1) / "p0.png"
    path.write_bytes(path.read_bytes()[:end])
    assert not ends_with_its_pixels(path)


def test_parts_of_an_archive_are_unpacked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, frames=np.ones((3, 8, 8), np.uint8), fps=10.0, note="x")
    unpacked: Counter[str] = Counter()
    unpack = NpzFile.__getitem__

    def count(archive: NpzFile, name: str) -> object:
        unpacked[name] += 1
        return unpack(archive, name)

    monkeypatch.setattr(NpzFile, "__getitem__", count)
    read_clip(path)
    assert unpacked == {"frames": 1, "fps": 1, "note": 1}


def test_one_clip_of_many_does_not_keep_the_others(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    np.savez(path, frames=np.zeros((5, 3, 8, 9, 1), np.uint8))
    frames = read_clip(path, slice_index=2).frames
    assert isinstance(frames, np.ndarray)
    held = frames
    while isinstance(held.base, np.ndarray):
        held = held.base
    assert held.nbytes == frames.nbytes
