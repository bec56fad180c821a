"""Hostile places and names: pipes, devices, loops of links, endless paths, names that hide."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from motionstudio.io import probe, read_clip
from tests.robustness.picture_attacks import read_frames
from tests.robustness.targets import TARGETS

Make = Callable[[Path], Path]


def pipe(folder: Path) -> Path:
    """A named pipe into which nobody writes: whoever opens it waits for ever."""
    path = folder / "pipe.mp4"
    os.mkfifo(path)
    return path


def device(name: str) -> Make:
    """A device, under a link that is named like a clip."""

    def make(folder: Path) -> Path:
        path = folder / "clip.mp4"
        path.symlink_to(f"/dev/{name}")
        return path

    return make


def link_loop(folder: Path) -> Path:
    """Two links that lead to each other."""
    (folder / "a.mp4").symlink_to("b.mp4")
    (folder / "b.mp4").symlink_to("a.mp4")
    return folder / "a.mp4"


def folder_in_itself(folder: Path) -> Path:
    """A folder without pictures that holds links to itself."""
    inner = folder / "round"
    inner.mkdir()
    for name in ("a", "b.png"):
        (inner / name).symlink_to(inner)
    return inner


def pipes_as_pictures(folder: Path) -> Path:
    """A folder of pipes that are named like pictures."""
    inner = folder / "frames"
    inner.mkdir()
    for n in range(4):
        os.mkfifo(inner / f"frame{n}.png")
    return inner


def long_path(folder: Path) -> Path:
    """A path longer than systems allow, of names that are short enough."""
    return folder.joinpath(*["a" * 200] * 40, "clip.mp4")


def long_name(folder: Path) -> Path:
    """A name longer than systems allow."""
    return folder / ("a" * 5000 + ".mp4")


def with_zero(folder: Path) -> Path:
    """A name that holds a zero byte, where C would end it."""
    return folder / "clip.mp4\0.exe"


def named(name: str) -> Make:
    """A damaged clip under a name that is shown in the sentence that refuses it."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(b"no film at all")
        return path

    return make


def crowd(count: int) -> Make:
    """A folder of so many files, of which none is a picture."""

    def make(folder: Path) -> Path:
        inner = folder / "many"
        inner.mkdir()
        for n in range(count):
            os.close(os.open(inner / f"{n}.txt", os.O_CREAT | os.O_WRONLY))
        return inner

    return make


def named_clip(name: str) -> Make:
    """A good clip under a name that commands the terminal."""

    def make(folder: Path) -> Path:
        path = folder / name
        np.savez(folder / "plain.npz", frames=np.zeros((3, 8, 8), np.uint8))
        (folder / "plain.npz").rename(path)
        return path

    return make


def pipe_for(target: str) -> Make:
    """A pipe that nobody fills in the place of a file of some kind."""

    def make(folder: Path) -> Path:
        path = TARGETS[target].make(folder)
        path.unlink()
        os.mkfifo(path)
        return path

    return make


def zeros_for(target: str) -> Make:
    """/dev/zero, by a link, in the place of a file of some kind."""

    def make(folder: Path) -> Path:
        path = TARGETS[target].make(folder)
        path.unlink()
        path.symlink_to("/dev/zero")
        return path

    return make


def hollow(target: str, size: int) -> Make:
    """A file of some kind with so many bytes more, which take no room on the disk."""

    def make(folder: Path) -> Path:
        path = TARGETS[target].make(folder)
        os.truncate(path, size)
        return path

    return make


def shown_name(path: Path) -> None:
    """Open a clip; what is shown of it may command nothing.

    Raises:
        AssertionError: its name, or a note about it, holds what is not shown.
    """
    clip = read_clip(path)
    for text in (clip.name, *clip.warnings, *probe(path).warnings):
        assert text.isprintable(), ascii(text)
    read_frames(path)


ESCAPES = "\x1b]0;owned\x07\x1b[2J.npz"
HIDING = "clip\u202egpj.exe\u2066\n.mp4"

PATHS: dict[str, tuple[Make, Callable[[Path], object], str]] = {
    "pipe that nobody fills": (pipe, read_frames, "neither a file nor a folder"),
    "/dev/zero": (device("zero"), read_frames, "neither a file nor a folder"),
    "/dev/random": (device("random"), read_frames, "neither a file nor a folder"),
    "/dev/tty": (device("tty"), read_frames, "neither a file nor a folder|could not be opened"),
    "two links that lead to each other": (link_loop, read_frames, "links|could not be opened"),
    "folder that holds itself": (folder_in_itself, read_frames, "holds no pictures"),
    "folder of pipes named as pictures": (pipes_as_pictures, read_frames, "holds no pictures"),
    "path of 8,000 letters": (long_path, read_frames, "name too long|no such file"),
    "name of 5,000 letters": (long_name, read_frames, "name too long"),
    "name with a zero byte": (with_zero, read_frames, "no such|could not be opened"),
    "name of a Windows device": (named("CON.mp4"), read_frames, "could not be read"),
    "name with line breaks": (named("a\nb\r.mp4"), read_frames, r"a\\nb\\r\.mp4 could not"),
    "name that hides its ending": (named(HIDING), read_frames, r"clip\\u202egpj\.exe"),
    "name that commands the terminal": (named("\x1b[2J\x07.mp4"), read_frames, r"\\x1b\[2J"),
    "good clip that commands the terminal": (named_clip(ESCAPES), shown_name, ""),
    "name that is no text": (named("odd\udcff.mp4"), read_frames, r"odd\\udcff\.mp4"),
    "folder of 100,000 files": (crowd(100_000), read_frames, "holds no pictures"),
    **{
        f"pipe for a file of kind {n}": (pipe_for(n), TARGETS[n].read, "neither a file nor")
        for n in ("project", "motion", "template .json", "template .safetensors", "weights",
                  "official weights", "training state")
    },
    **{
        f"/dev/zero for a file of kind {n}": (zeros_for(n), TARGETS[n].read, words)
        for n, words in (("project", "neither a file nor"), ("motion", "neither a file nor"),
                         ("card", "neither a file nor"), ("settings", "settings"),
                         ("directions", "neither a file nor"), ("recipe", "neither a file nor"),
                         ("study", "neither a file nor"))
    },
    **{
        f"{n} of 8 GiB, a hole": (hollow(n, 8 << 30), TARGETS[n].read, words)
        for n, words in (("card", "longer than"), ("settings", "settings"),
                         ("directions", "longer than"), ("recipe", "longer than"),
                         ("study", "longer than"), ("weights", "damaged"),
                         ("template .json", "would take"))
    },
}  # fmt: skip
"""How to make each, how to read it, and the words that refuse it."""
