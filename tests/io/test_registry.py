"""Folders, the choice of reader, and lazy frames."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.io import (
    ClipInfo,
    Reader,
    file_dialog_filter,
    probe,
    read_clip,
    readable_suffixes,
    registry,
)
from motionstudio.io.folders import natural_order
from motionstudio.io.lazy import LazyFrames
from tests.io.samples import MAKERS, make, moving_square


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_content_decides_whatever_the_suffix(tmp_path: Path, name: str) -> None:
    path = make(name, tmp_path)
    if not name.endswith(".gz"):
        path = path.rename(tmp_path / "renamed.dat")
    info, clip = probe(path), read_clip(path)
    assert info.frames == len(clip)
    assert info.size == clip.size == (24, 32)
    assert info.channels == clip.channels
    assert info.dtype == clip.frames.dtype.name
    assert clip.frames[len(clip) - 1].shape == (24, 32, clip.channels)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("none.mp4", b"", "empty"),
        ("text.txt", b"hello there", "in no format"),
        ("text.mp4", b"hello there", "could not be read"),
        ("text.npz", b"hello there", "could not be read"),
        ("text.dcm", b"hello there", "text.dcm"),
        ("text.nii.gz", b"hello there", "could not be read"),
    ],
)
def test_what_is_no_clip(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    for call in (probe, read_clip):
        with pytest.raises(MotionStudioError, match=reason) as caught:
            call(tmp_path / name)
        assert name in caught.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match=r"gone\.mp4 could not be opened: there is no such"):
        read_clip(tmp_path / "gone.mp4")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(MotionStudioError, match="neither a file nor a folder"):
        read_clip(tmp_path / "pipe.mp4")


def test_natural_order() -> None:
    names = ["f10.png", "f9.png", "F1.png", "f01b.png", "a.png"]
    assert sorted(names, key=natural_order) == ["a.png", "F1.png", "f01b.png", "f9.png", "f10.png"]


def pictures(folder: Path, count: int = 12) -> np.ndarray:
    folder.mkdir()
    frames = moving_square(count, 24, 64)
    for t, frame in enumerate(frames):
        Image.fromarray(frame[..., 0]).save(folder / f"frame{t}.png")
    return frames


def test_folder_in_natural_order(tmp_path: Path) -> None:
    frames = pictures(tmp_path / "f")
    clip = read_clip(tmp_path / "f", fps=5)
    np.testing.assert_array_equal(clip.frames[:], frames)
    assert clip.fps == pytest.approx(5)
    assert clip.warnings == ()
    assert probe(tmp_path / "f").frames == 12


def test_folder_says_what_it_leaves_out(tmp_path: Path) -> None:
    pictures(tmp_path / "f")
    Image.new("L", (9, 9)).save(tmp_path / "f" / "small.png")
    (tmp_path / "f" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    (tmp_path / "f" / ".hidden.png").write_bytes(b"")
    (tmp_path / "f" / "empty.png").write_bytes(b"")
    clip = read_clip(tmp_path / "f", fps=5)
    assert len(clip) == 12
    assert "not 64 x 24 pixels like most" in " ".join(clip.warnings)
    assert "broken.png" in " ".join(clip.warnings)


def test_folder_mixing_grey_and_colour_is_colour(tmp_path: Path) -> None:
    pictures(tmp_path / "f", 3)
    Image.fromarray(moving_square(1, 24, 64, 3)[0]).save(tmp_path / "f" / "z.png")
    clip = read_clip(tmp_path / "f")
    assert clip.frames.shape == (4, 24, 64, 3)
    assert clip.frames[0].shape == (24, 64, 3)


def test_folder_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match="holds no pictures"):
        read_clip(tmp_path)


def test_a_picture_that_vanishes_is_one_sentence(tmp_path: Path) -> None:
    pictures(tmp_path / "f")
    clip = read_clip(tmp_path / "f")
    shutil.rmtree(tmp_path / "f")
    with pytest.raises(MotionStudioError, match=r"frame7\.png"):
        _ = clip.frames[7]


def test_suffixes_and_dialogue() -> None:
    suffixes = readable_suffixes()
    assert {".npz", ".gif", ".mp4", ".nii.gz", ".dcm", ".tif", ".png"} <= set(suffixes)
    text = file_dialog_filter()
    assert text.startswith("Image sequences (")
    assert text.endswith("All files (*)")
    assert all(f"*{suffix}" in text for suffix in suffixes)


def plug_in(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    entry = EntryPoint("mine", value, registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    registry.readers.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_readers() -> Any:
    yield
    registry.readers.cache_clear()


def _probe_dots(path: Path) -> ClipInfo:
    return ClipInfo("dots", 1, (1, 1), 1, "uint8")


def _read_dots(path: Path, options: Any) -> Clip:
    return Clip(np.zeros((1, 1, 1, 1), np.uint8), uniform_times(1, 1), "dots")


DOTS = Reader("dots", (".dots",), lambda head: head == b"...", _probe_dots, _read_dots)


def test_a_plug_in_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, f"{__name__}:DOTS")
    (tmp_path / "x.dots").write_bytes(b"...")
    assert read_clip(tmp_path / "x.dots").name == "dots"
    assert ".dots" in readable_suffixes()


def test_a_broken_plug_in_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, "no_such_module:X")
    with pytest.raises(MotionStudioError, match="reader plug-in mine could not be loaded"):
        readable_suffixes()


def lazy(budget: int) -> tuple[LazyFrames, list[int]]:
    calls: list[int] = []

    def load(index: int) -> np.ndarray:
        calls.append(index)
        return np.full((2, 3, 1), index, np.uint8)

    return LazyFrames((10, 2, 3, 1), np.dtype(np.uint8), load, budget), calls


def test_lazy_frames_index_like_an_array() -> None:
    frames, _ = lazy(1000)
    assert frames[3][0, 0, 0] == 3
    assert frames[-1][0, 0, 0] == 9
    assert frames[2:8:3][:, 0, 0, 0].tolist() == [2, 5]
    assert frames[np.array([4, 0])][:, 0, 0, 0].tolist() == [4, 0]
    assert np.asarray(frames).shape == (10, 2, 3, 1)
    with pytest.raises(IndexError):
        _ = frames[10]
    with pytest.raises(ValueError, match="read-only"):
        frames[0][:] = 1


def test_lazy_frames_keep_no_more_than_their_budget() -> None:
    frames, calls = lazy(3 * 6)
    for index in (0, 1, 2, 0, 3, 0, 1):
        _ = frames[index]
    assert calls == [0, 1, 2, 3, 1]
