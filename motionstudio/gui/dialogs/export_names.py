"""Names of exported files: one for each subject, with the suffix of what is written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from motionstudio.document.subject import Subject
from motionstudio.export import ExportKind

_LONGEST, _STEM = 245, 200
"""Bytes of a name: file systems take 255, and a table has ``.json`` beside it."""
_FORBIDDEN = '/\\:*?"<>|'


def stem_of(subject: Subject) -> str:
    """The subject's name, without what file systems do not take, and not too long for them."""
    stem = "".join("_" if letter in _FORBIDDEN else letter for letter in subject.name)
    return os.fsencode(stem)[:_STEM].decode(errors="ignore")


def bare(name: str) -> str:
    """A name without the suffix of anything that can be exported."""
    suffixes = sorted({kind.suffix for kind in ExportKind if kind.suffix}, key=len, reverse=True)
    found = next((one for one in suffixes if name.lower().endswith(one)), "")
    return name[: len(name) - len(found)]


def named_for(path: Path, kind: ExportKind) -> Path:
    """The path with the suffix of what is written: the writers go by it.

    ``film`` and ``film.gif`` become ``film.mp4`` for an MP4; folders stay as they are.
    """
    plain_nifti = kind.suffix == ".nii.gz" and path.name.lower().endswith(".nii")
    if not path.name or not kind.suffix or plain_nifti:
        return path
    if path.name.lower().endswith(kind.suffix):
        return path
    return path.with_name(f"{bare(path.name)}{kind.suffix}")


def is_too_long(path: Path) -> bool:
    """Whether file systems refuse the name, which is known only after rendering otherwise."""
    return len(os.fsencode(path.name)) > _LONGEST


def free(stem: str, used: set[str]) -> str:
    """``stem``, numbered where another subject has the name already; it is added to ``used``."""
    name, number = stem, 2
    while name.lower() in used:
        name, number = f"{stem}_{number}", number + 1
    used.add(name.lower())
    return name


def exportable(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """Those with a motion that fits their pictures."""
    return tuple(one for one in subjects if one.track is not None and one.has_motion)
