"""What is known about a file before it is read, and what a reader is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from motionstudio.core.clip import Clip


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """A file at a glance.

    Attributes:
        kind: the format in plain words, such as "GIF animation".
        frames: number of frames, or None where only reading would tell.
        size: (H, W) in pixels as read, upright.
        channels: 1 for grey, 3 for RGB.
        dtype: numpy name of the frames' type as read.
        fps: frames per second, or None when the file does not say.
        slices: how many clips the file offers; more than 1 asks for a chooser.
        slice_label: what one of them is: "slice", "clip" or "series".
        strip_frames: number of square frames when the picture looks like a sprite strip, else 0.
        warnings: one plain sentence for each odd thing.
    """

    kind: str
    frames: int | None
    size: tuple[int, int]
    channels: int
    dtype: str
    fps: float | None = None
    slices: int = 1
    slice_label: str = "slice"
    strip_frames: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def default_slice(self) -> int:
        """What is read where nobody chose: the middle of a volume, the first of several clips."""
        return self.slices // 2 if self.slice_label == "slice" else 0


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person chose about a file.

    Attributes:
        slice_index: which slice or clip of those the file offers; None: the reader's choice.
        strip: cut a picture into square frames lying side by side.
        fps: frames per second where the file states no times; None: 25.
    """

    slice_index: int | None = None
    strip: bool = False
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """One family of formats. Third parties add theirs in the group ``motionstudio.readers``.

    Attributes:
        name: the family for people, as in a file dialogue.
        suffixes: lower-case suffixes with dot, such as ".nii.gz".
        recognises: whether the first 512 bytes of a file are of this family.
        probe: tells what a file holds, cheaply.
        read: reads it; both raise MotionStudioError for a file that cannot be read.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    probe: Callable[[Path], ClipInfo]
    read: Callable[[Path, ReadOptions], Clip]
