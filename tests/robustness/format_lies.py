"""Files whose numbers are true to no picture: depths, offsets, lengths and names that lie."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from motionstudio.document.project_zip import LATENTS, MANIFEST
from motionstudio.io import read_clip
from motionstudio.models.checkpoint import WEIGHTS
from motionstudio.models.registry import load_model
from tests.io.samples import MAKERS, save_dicom
from tests.robustness import attacks as a
from tests.robustness import by_hand
from tests.robustness.picture_attacks import patched, png, read_frames
from tests.robustness.targets import TARGETS

Make = Callable[[Path], Path]


def crowded_gif(count: int) -> Make:
    """A GIF of so many frames of one pixel."""

    def make(folder: Path) -> Path:
        path = folder / "crowd.gif"
        Image.new("P", (1, 1)).save(path)
        data = path.read_bytes()
        head = data[: data.index(b"\x2c")]
        frame = b"\x21\xf9\x04\0\x05\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
        path.write_bytes(head + frame * count + b"\x3b")
        return path

    return make


def growing_gif(folder: Path) -> Path:
    """A GIF of 1 x 1 the second picture of which is of 10,000 x 12,000."""
    path = crowded_gif(1)(folder)
    data = path.read_bytes()
    larger = b"\x2c\0\0\0\0" + struct.pack("<HH", 10_000, 12_000) + b"\0\x02\x02\x44\x01\0"
    path.write_bytes(data[:-1] + larger + b"\x3b")
    return path


def before_it_grows(path: Path) -> None:
    """Open an animation; of its pictures those are there that are not larger than the first.

    Raises:
        AssertionError: they are not, or nothing is said.
    """
    clip = read_clip(path)
    assert len(clip) == 1
    assert "its picture size changes" in " ".join(clip.warnings), clip.warnings


def text_chunk(mebibytes: int) -> Make:
    """A PNG with so many MiB of text that is not packed."""
    body = b"Comment\0\0\0\0\0" + bytes(mebibytes << 20)
    return png(8, 8, (b"iTXt", body))


def packed_text(folder: Path) -> Path:
    """A PNG whose international text unpacks into a GiB."""
    packed = zlib.compress(b"")[:2] + by_hand.zeros(1024) + bytes(4)
    return png(8, 8, (b"iTXt", b"Comment\0\1\0\0\0" + packed))(folder)


def round_tiff(count: int, back: int) -> Make:
    """A TIFF of so many pages the last of which is followed by an earlier one."""

    def make(folder: Path) -> Path:
        path = folder / "round.tif"
        pages = [Image.new("L", (4, 4), n % 256) for n in range(count)]
        pages[0].save(path, save_all=True, append_images=pages[1:])
        data = bytearray(path.read_bytes())
        link, places = 4, []
        while place := struct.unpack_from("<I", data, link)[0]:
            places.append(place)
            link = place + 2 + 12 * struct.unpack_from("<H", data, place)[0]
        struct.pack_into("<I", data, link, places[back])
        path.write_bytes(data)
        return path

    return make


def deep_dicom(depth: int) -> Make:
    """A DICOM file with a sequence in a sequence in a sequence and so on."""

    def make(folder: Path) -> Path:
        path = save_dicom(folder / "deep.dcm", np.zeros((8, 8), np.uint16))
        data = path.read_bytes()
        place = data.index(b"\xe0\x7f\x10\x00")
        # (0008,1140) of undefined length, an item of undefined length, and so on down.
        item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
        down = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff" + item
        up = b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
        path.write_bytes(data[:place] + down * depth + up * depth + data[place:])
        return path

    return make


def wide_dicom(folder: Path) -> Path:
    """A DICOM file with a sequence of 20,000 items."""
    items = Sequence(Dataset() for _ in range(20_000))
    pixels = np.zeros((8, 8), np.uint16)
    return save_dicom(folder / "wide.dcm", pixels, ReferencedImageSequence=items)


def nifti(*changes: tuple[int, str, tuple[float, ...]]) -> Make:
    """A NIfTI-1 volume with numbers of its header replaced: place, format, values."""
    return patched("volume.nii", *((at, struct.pack("<" + f, *v)) for at, f, v in changes))


def twice(name: str) -> Make:
    """A good project that holds a part twice, the second one hostile."""

    def make(folder: Path) -> Path:
        path = TARGETS["project"].make(folder)
        with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr(name, b"{}")
        return path

    return make


def twice_in_npz(folder: Path) -> Path:
    """An archive of arrays with two arrays of one name."""
    stream = io.BytesIO()
    np.save(stream, np.zeros((3, 8, 8), np.uint8))
    body = stream.getvalue()
    member = by_hand.Member("frames.npy", body, len(body), crc=zlib.crc32(body))
    return by_hand.archive(folder / "twice.npz", [member, member])


def far_zip(what: str) -> Make:
    """A zip64 whose directory is said to lie, or to be, beyond everything."""

    def make(folder: Path) -> Path:
        path = twice_in_npz(folder)
        data = bytearray(path.read_bytes())
        place = data.index(b"PK\x06\x06")
        at = {"entries": 24, "size": 40, "offset": 48}[what]
        data[place + at : place + at + 8] = struct.pack("<Q", (1 << 63) - 1)
        path.write_bytes(data)
        return path

    return make


def overlapping(folder: Path) -> Path:
    """An archive of 20,000 arrays that all share the same bytes."""
    path = folder / "quoted.npz"
    stream = io.BytesIO()
    np.save(stream, np.zeros((64, 64, 64), np.uint8))
    body = stream.getvalue()
    member = by_hand.Member("frames.npy", body, len(body), crc=zlib.crc32(body))
    by_hand.archive(path, [member])
    data = path.read_bytes()
    first = data.index(b"PK\x01\x02")
    last = data.index(b"PK\x06\x06")
    entry = data[first:last]
    rest = bytearray(data[last:])
    rest[24:40] = struct.pack("<QQ", 3000, 3000)
    rest[40:48] = struct.pack("<Q", len(entry) * 3000)
    path.write_bytes(data[:first] + entry * 3000 + bytes(rest))
    return path


def film_times(box: bytes, offset: int, content: bytes) -> Make:
    """A film with numbers of one of its boxes replaced."""

    def make(folder: Path) -> Path:
        path = folder / "clip.mp4"
        MAKERS["clip.mp4"](path)
        data = bytearray(path.read_bytes())
        place = data.index(box) + 4 + offset
        data[place : place + len(content)] = content
        path.write_bytes(data)
        return path

    return make


def finite_times(path: Path) -> None:
    """Open a film; its times must be such as can be played.

    Raises:
        AssertionError: they are not, or are without end.
    """
    clip = read_clip(path)
    assert np.isfinite(clip.times).all()
    assert (np.diff(clip.times) > 0).all(), clip.times
    read_frames(path)


def other_users_paths(folder: Path) -> Path:
    """A project whose clips lie in the home of somebody else."""

    def change(manifest: dict[str, object]) -> None:
        for one in manifest["subjects"]:  # type: ignore[attr-defined]
            one["media"]["path"] = "/home/somebody/private/heart.npz"

    return a.with_manifest(change)(folder)


def linked_clip(folder: Path) -> Path:
    """A project whose clip is a link beside it, to a file elsewhere that everybody may read."""
    path = a.media_at("link.npz")(folder)
    (folder / "link.npz").symlink_to("/etc/passwd")
    return path


def device_part(folder: Path) -> Path:
    """A project with a part that is said to be a device."""
    path, info = TARGETS["project"].make(folder), zipfile.ZipInfo("media/device")
    info.create_system, info.external_attr = 3, 0o020666 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, b"")
    return path


def deep_settings(folder: Path) -> Path:
    """A file of directions nested 100,000 deep."""
    path = TARGETS["directions"].make(folder)
    text = json.dumps(json.loads(path.read_text(encoding="utf-8")))
    path.write_text('{"x": ' + "[" * 100_000 + "]" * 100_000 + ", " + text[1:], encoding="utf-8")
    return path


def long_header(folder: Path) -> Path:
    """Weights whose header is said, and truly is, half a GiB of spaces; a hole on the disk."""
    path = TARGETS["weights"].make(folder)
    assert path.name == WEIGHTS
    with path.open("wb") as stream:
        stream.write((8 << 30).to_bytes(8, "little"))
        stream.truncate(8 + (8 << 30))
    return path


def card_text(text: str) -> Make:
    """A checkpoint whose card begins with this."""

    def make(folder: Path) -> Path:
        path = TARGETS["card"].make(folder)
        path.write_text(text + path.read_text(encoding="utf-8"), encoding="utf-8")
        return path

    return make


def load_beside(path: Path) -> None:
    """Load the checkpoint that a file belongs to."""
    load_model(path.parent)


LIES: dict[str, tuple[Make, Callable[[Path], object], str]] = {
    "clip: GIF of 65,000 frames of 1 x 1": (crowded_gif(65_000), read_frames, ""),
    "clip: GIF of 1 x 1, then of 10,000 x 12,000": (growing_gif, before_it_grows, ""),
    "clip: PNG with 256 MiB of text": (text_chunk(256), read_frames, "more than 32 MiB of text"),
    "clip: PNG whose text unpacks into a GiB": (packed_text, read_frames, "could not be read"),
    "clip: TIFF whose 300th page is followed by its 200th": (
        round_tiff(300, 200), read_frames, "in a circle",
    ),
    "clip: DICOM nested 20,000 deep": (deep_dicom(20_000), read_frames, "without end|damaged"),
    "clip: DICOM sequence of 20,000 items": (wide_dicom, read_frames, ""),
    "clip: NIfTI of -5 x -5": (nifti((42, "2h", (-5, -5))), read_frames, "could not|pixels"),
    "clip: NIfTI of -3 dimensions": (nifti((40, "h", (-3,))), read_frames, "could not|damaged"),
    "clip: NIfTI whose data begin at 10^30": (
        nifti((108, "f", (1e30,))), read_frames, "could not|early|damaged",
    ),
    "clip: NIfTI whose data begin at -1000": (
        nifti((108, "f", (-1000.0,))), read_frames, "could not|damaged",
    ),
    "clip: NIfTI whose data begin at nothing": (
        nifti((108, "f", (float("nan"),))), read_frames, "could not|damaged",
    ),
    "clip: NIfTI scaled by infinity": (
        nifti((112, "2f", (float("inf"), float("nan")))), read_frames, "",
    ),
    "clip: NIfTI with pixels of -1 mm, frames of -1 s": (
        nifti((76, "5f", (1, -1, float("nan"), 0, -1))), finite_times, "",
    ),
    "clip: npz with two arrays of one name": (twice_in_npz, read_frames, ""),
    "clip: zip64 of 2^63 parts": (far_zip("entries"), read_frames, ""),
    "clip: zip64 with a directory of 2^63": (far_zip("size"), read_frames, "could not|damaged"),
    "clip: zip64 with a directory at 2^63": (far_zip("offset"), read_frames, "could not|damaged"),
    "clip: npz of 3,000 parts that share bytes": (overlapping, read_frames, ""),
    "clip: MP4 of 584 milliard years": (
        film_times(b"mvhd", 12, b"\0\0\0\1" + b"\xff" * 4), finite_times, "",
    ),
    "clip: MP4 whose clock stands still": (
        film_times(b"mdhd", 12, bytes(4)), finite_times, "no frame that can be decoded",
    ),
    "clip: MP4 whose clock ticks 2^32 a second": (
        film_times(b"mdhd", 12, b"\xff" * 4), finite_times, "no frame that can be decoded",
    ),
    "clip: MP4 whose frames last nothing": (
        film_times(b"stts", 12, bytes(4)), finite_times, "",
    ),
    "clip: MP4 of 2^32 frames": (film_times(b"stts", 8, b"\xff" * 4), finite_times, ""),
    "clip: MP4 of 2^32 samples": (film_times(b"stsz", 8, b"\xff" * 4), finite_times, "could not"),
    "project: manifest twice": (twice(MANIFEST), a.open_project, "two parts of the same name"),
    "project: latents twice": (twice(LATENTS), a.open_project, "two parts of the same name"),
    "project: clips in the home of somebody else": (
        other_users_paths, a.open_project, "by a path that it may not use",
    ),
    "project: clip that is a link to /etc/passwd": (
        linked_clip, a.open_project, "could not be read",
    ),
    "project: part that is a device": (device_part, a.open_project, ""),
    "directions nested 100,000 deep": (
        deep_settings, TARGETS["directions"].read, "holds no directions",
    ),
    "weights whose header is 8 GiB": (long_header, load_beside, "damaged"),
    "card with an anchor of YAML": (
        card_text("a: &a [*a, *a]\n"), load_beside, "TOML|damaged|could not be read",
    ),
    "card with a tag of YAML": (
        card_text("!!python/object/apply:os.system ['touch executed']\n"), load_beside,
        "TOML|damaged|could not be read",
    ),
    "card nested 100,000 deep": (card_text("a = " + "[" * 100_000), load_beside, "TOML|damaged"),
}  # fmt: skip
"""How to make each, how to read it, and the words that refuse it."""
