"""Write a clip or a rendering in whatever format the name asks for."""

from __future__ import annotations

from pathlib import Path

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, Rendered
from motionstudio.io.array_write import write_nifti, write_npz
from motionstudio.io.atomic import Tick, advance, always, whole_file, whole_folder
from motionstudio.io.image_write import write_apng, write_gif, write_png, write_png_sequence
from motionstudio.io.provenance import Provenance
from motionstudio.io.sequence import Sequence, sequence_of
from motionstudio.io.sound import Sound
from motionstudio.io.video_write import write_video

_VIDEO = (".mp4", ".m4v", ".mov", ".mkv", ".webm")
_NUMBERS = (".npz", ".nii", ".nii.gz")
WRITABLE_SUFFIXES = (*_VIDEO, ".gif", ".apng", ".png", *_NUMBERS)
"""Suffixes that :func:`write_clip` takes; a name without a suffix becomes a PNG sequence."""


def write_clip(  # noqa: PLR0913 - one parameter for each choice
    pictures: Clip | Rendered,
    path: str | Path,
    *,
    motion: Motion | None = None,
    fps: float | None = None,
    quality: int = 18,
    loop: bool = True,
    plays: int | None = None,
    provenance: Provenance | None = None,
    sound: Sound | None = None,
    tick: Tick = always,
) -> Path:
    """Write pictures; the suffix of ``path`` chooses the format.

    .mp4 .m4v .mov .mkv (H.264) and .webm (VP9) keep true frame times; .gif and .apng keep them
    to 10 and 1 ms; .png takes one picture; a name without a suffix becomes a folder of PNG
    files; .npz takes frames, times, fields and latents; .nii and .nii.gz take grey frames. The
    file appears whole or not at all, and replaces one of the same name.

    Args:
        pictures: what to write; frames of a clip that are not uint8 are scaled by one
            percentile range, except in .npz and NIfTI, where they keep their type.
        path: where to.
        motion: latents that go into an .npz.
        fps: even times instead of the pictures' own; not for .npz and NIfTI.
        quality: of video, 0 (largest file) to 51 (smallest).
        loop: whether a GIF or APNG starts again and again.
        plays: how often it is played instead, 0 for ever.
        provenance: how the pictures came about, said in the file in the way of its format.
        sound: what is heard; only videos can hold it.
        tick: told the fraction done; answers False to cancel.

    Returns:
        The path written.

    Raises:
        MotionStudioError: the format is unknown or the place cannot be written to.
        Cancelled: the tick answered False; nothing is left behind.
        ValueError: ``quality`` is outside 0..51, or sound for a format without.
    """
    path = Path(path)
    if not 0 <= quality <= 51:
        raise ValueError(f"write_clip: expected quality in 0..51, got {quality}")
    suffix = ".nii.gz" if path.name.lower().endswith(".nii.gz") else path.suffix.lower()
    if sound is not None and suffix not in _VIDEO:
        raise ValueError(f"write_clip: {suffix or 'a folder'} holds no sound")
    if suffix in _NUMBERS:
        _write_numbers(pictures, path, suffix, motion, tick, provenance)
        return path
    sequence = sequence_of(pictures, fps)
    _check_suffix(path, suffix, len(sequence))
    if not suffix:
        with whole_folder(path) as folder:
            write_png_sequence(sequence, folder, tick, provenance)
        return path
    with whole_file(path) as temporary:
        if suffix in _VIDEO:
            write_video(sequence, temporary, quality, tick, provenance, sound)
        else:
            often = (0 if loop else 1) if plays is None else plays
            _write_images(sequence, temporary, suffix, often, tick, provenance)
    return path


def _check_suffix(path: Path, suffix: str, count: int) -> None:
    if suffix and suffix not in WRITABLE_SUFFIXES:
        raise MotionStudioError(
            f"{path.name} has the unknown suffix {suffix}.",
            f"Known are {', '.join(WRITABLE_SUFFIXES)}, and none for a PNG sequence.",
        )
    if suffix == ".png" and count != 1:
        raise MotionStudioError(
            f"{path.name} can hold one picture, not {count}.",
            "Give a name without suffix for a PNG sequence, or .apng for an animation.",
        )


def _write_images(
    pictures: Sequence,
    path: Path,
    suffix: str,
    plays: int,
    tick: Tick,
    provenance: Provenance | None,
) -> None:
    if suffix == ".gif":
        write_gif(pictures, path, plays, tick, provenance)
    elif suffix == ".apng":
        write_apng(pictures, path, plays, tick, provenance)
    else:
        write_png(pictures[0], path, provenance)
        advance(tick, 1.0)


def _write_numbers(
    pictures: Clip | Rendered,
    path: Path,
    suffix: str,
    motion: Motion | None,
    tick: Tick,
    provenance: Provenance | None,
) -> None:
    with whole_file(path) as temporary:
        if suffix == ".npz":
            write_npz(pictures, temporary, motion, tick, provenance)
        else:
            write_nifti(pictures, temporary, tick, provenance)
