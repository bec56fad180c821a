"""Which folder of real clips a command reads."""

from __future__ import annotations

import os
from pathlib import Path

from motionstudio import doctor
from motionstudio.core.errors import MotionStudioError

NONE_FOUND = f"No folder of real clips was found; --data or {doctor.DATA} names one."


LIBRARY = ("cardiac_cine_human", "cardiac_cine_pig", "cardiac_ed_es_pairs", "mnist", "sprites_lpc")
"""Sets of the project's own data folder: a folder with one of them is not a folder of clips."""


def is_library(path: Path) -> bool:
    """Whether ``path`` is the folder of the project's real clips, not of somebody's clips."""
    return path.is_dir() and any((path / name).is_dir() for name in LIBRARY)


def find_data(named: Path | None) -> Path | None:
    """The folder that ``--data`` names, else MOTIONSTUDIO_DATA, else ``../shared/data``.

    Args:
        named: what ``--data`` says; None: nothing.

    Returns:
        An existing folder; None where nothing was named and a checkout has none beside it.

    Raises:
        MotionStudioError: a named folder does not exist.
    """
    if named is not None:
        return _existing(named, "--data")
    variable = os.environ.get(doctor.DATA)
    if variable:
        return _existing(Path(variable), doctor.DATA)
    return doctor.find_data()


def _existing(folder: Path, who: str) -> Path:
    if not folder.is_dir():
        raise MotionStudioError(f"{who} names {folder}, which is no folder.", "Correct the path.")
    return folder
