"""Import and export, format by format: ``python -m benchmarks.files [--rounds N]``.

Ours is everything from the file to frames in memory, or from frames to the file whole and on the
disk; bare is the library under it with the same settings and nothing else, written down here. Both
in turn in one run, processor time of the process: the ratio is the figure to trust.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import av
import nibabel
import numpy as np
import pydicom
import tifffile
from numpy.typing import NDArray
from PIL import Image

from benchmarks.roofline import median_seconds
from motionstudio.core.clip import Clip, uniform_times
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.io import read_clip, write_clip
from motionstudio.io.encoders import encoder_for, options_of

FRAMES, SIDE, RATE = 48, 256, 25
Pixels = NDArray[np.uint8]
_QUALITY = 18


def material(channels: int) -> Clip:
    """A textured disc that wanders over a textured ground."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE]
    ground = 90 + 40 * np.sin(x / 9) * np.cos(y / 13) + rng.normal(0, 4, (SIDE, SIDE))
    frames = np.empty((FRAMES, SIDE, SIDE, channels), np.uint8)
    for t in range(FRAMES):
        away = np.hypot(x - 128 - 60 * np.sin(t / 8), y - 128 - 30 * np.cos(t / 5))
        picture = np.where(away < 40, 180 + 40 * np.sin(away / 3), ground).clip(0, 255)
        frames[t] = picture[..., np.newaxis] * np.linspace(1, 0.7, channels)
    return Clip(frames, uniform_times(FRAMES, RATE))


def ours_in(path: Path) -> Callable[[], object]:
    """Open a file and look at every frame."""

    def read() -> object:
        clip = read_clip(path)
        return [np.asarray(clip.frames[t]) for t in range(len(clip))]

    return read


def _bare_video(path: Path) -> object:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def _bare_animation(path: Path) -> object:
    made = []
    with Image.open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            made.append(np.asarray(image.convert("RGB")))
    return made


def _bare_folder(path: Path) -> object:
    return [np.asarray(Image.open(one)) for one in sorted(path.glob("*.png"))]


def _bare_dicoms(path: Path) -> object:
    return [pydicom.dcmread(one).pixel_array for one in sorted(path.glob("*.dcm"))]


def _bare_arrays(path: Path) -> object:
    with np.load(path) as arrays:
        return arrays["frames"]


def _bare_nifti(path: Path) -> object:
    return np.asarray(nibabel.load(path).dataobj)


BARE_IN: Mapping[str, Callable[[Path], object]] = {
    ".mp4": _bare_video, ".webm": _bare_video, ".gif": _bare_animation, ".apng": _bare_animation,
    "": _bare_folder, ".tif": tifffile.imread, ".npz": _bare_arrays, ".nii.gz": _bare_nifti,
    ".dcm": _bare_dicoms,
}  # fmt: skip
"""By suffix; nothing: a folder of PNG files."""

NAMES = {"": "folder of PNG", ".dcm": "folder of DICOM"}
GREY = (".nii.gz", ".dcm")


def _out_video(frames: Pixels, path: Path) -> None:
    encoder = encoder_for(path.suffix)
    assert encoder is not None
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(encoder, rate=Fraction(RATE))
        stream.width, stream.height, stream.pix_fmt = SIDE, SIDE, "yuv420p"
        stream.options = options_of(encoder, _QUALITY)
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))


def _out_gif(frames: Pixels, path: Path) -> None:
    images = [Image.fromarray(frame).quantize(256) for frame in frames]
    images[0].save(path, save_all=True, append_images=images[1:], duration=1000 // RATE)


def _out_apng(frames: Pixels, path: Path) -> None:
    images = [Image.fromarray(frame) for frame in frames]
    more = {"save_all": True, "append_images": images[1:], "duration": 1000 // RATE}
    images[0].save(path, "PNG", **more)


def _out_folder(frames: Pixels, path: Path) -> None:
    path.mkdir(exist_ok=True)
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(path / f"{number:04d}.png")


def _out_arrays(frames: Pixels, path: Path) -> None:
    np.savez_compressed(path, frames=frames)


def _out_nifti(frames: Pixels, path: Path) -> None:
    volume = np.transpose(frames[..., 0], (2, 1, 0))[:, :, np.newaxis]
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), path)


BARE_OUT: Mapping[str, Callable[[Pixels, Path], None]] = {
    ".mp4": _out_video, ".webm": _out_video, ".gif": _out_gif, ".apng": _out_apng,
    "": _out_folder, ".npz": _out_arrays, ".nii.gz": _out_nifti,
}  # fmt: skip


def measure(rounds: int, tell: Callable[[str], None]) -> tuple[Table, Table]:
    """Import and export of every format."""
    with tempfile.TemporaryDirectory() as folder:
        colour, grey, place = material(3), material(1), Path(folder)
        exports, imports = [], []
        for suffix in BARE_IN:
            clip = grey if suffix in GREY else colour
            name = NAMES.get(suffix, suffix)
            if suffix in BARE_OUT:
                exports.append(_exported(name, suffix, clip, place, rounds))
            path = _written(suffix, clip, place)
            bare = BARE_IN[suffix]
            steps = {"ours": ours_in(path), "bare": lambda b=bare, p=path: b(p)}  # type: ignore[misc]
            imports.append(_row(name, median_seconds(steps, rounds, "cpu")))
            tell(f"files: {name}")
    return _table("import", imports), _table("export", exports)


def _exported(name: str, suffix: str, clip: Clip, place: Path, rounds: int) -> Row:
    frames, bare, number = np.asarray(clip.frames[:]), BARE_OUT[suffix], count()
    steps = {
        # Folders are only ever written anew.
        "ours": lambda: write_clip(clip, place / f"o{next(number)}{suffix}", quality=_QUALITY),
        "bare": lambda: bare(frames, place / f"b{next(number)}{suffix}"),
    }
    return _row(name, median_seconds(steps, rounds, "cpu"))


def _written(suffix: str, clip: Clip, place: Path) -> Path:
    path = place / f"read{suffix}" if suffix != ".dcm" else place / "dicoms"
    if suffix == ".dcm":
        from tests.io.samples import save_dicom

        path.mkdir()
        for number, frame in enumerate(np.asarray(clip.frames[:])):
            pixels = frame[..., 0].astype(np.uint16)
            save_dicom(path / f"{number:04d}.dcm", pixels, InstanceNumber=number + 1)
        return path
    if suffix == ".tif":
        tifffile.imwrite(path, np.asarray(clip.frames[:]), photometric="rgb")
        return path
    return write_clip(clip, path, quality=_QUALITY)


def _row(name: str, taken: Mapping[str, float]) -> Row:
    ours, bare = 1e3 * taken["ours"] / FRAMES, 1e3 * taken["bare"] / FRAMES
    plain = {"ratio": ours / bare, "ours": ours, "bare": bare}
    return Row(name, {key: Figure(value, 0.0, 1) for key, value in plain.items()})


def _table(way: str, rows: list[Row]) -> Table:
    columns = (
        Column("ratio", "ours / bare", 2), Column("ours", "ours, ms/frame", 3),
        Column("bare", "bare, ms/frame", 3),
    )  # fmt: skip
    did = "decoder" if way == "import" else "encoder"
    note = f"{FRAMES} frames of {SIDE} x {SIDE}; bare is the library's {did} with equal options."
    return Table(way, f"{way.title()} beside the bare {did}", columns, tuple(rows), note)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    tables = measure(rounds, lambda text: print(text, file=sys.stderr))
    print("\n\n".join(table.text() for table in tables))


if __name__ == "__main__":
    main()
