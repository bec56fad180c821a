"""Where resources, checkpoints and the user's own data lie, in a checkout and when installed."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import platformdirs

from motionstudio.core.errors import MotionStudioError

CHECKPOINTS_VARIABLE = "MOTIONSTUDIO_CHECKPOINTS"

_PACKAGE = Path(__file__).resolve().parents[1]


def resources_dir() -> Path:
    """The folder of icons, samples and the tour.

    Raises:
        MotionStudioError: when neither the checkout nor the installed package has it.
    """
    return _find("resources")


def checkpoints_dir() -> Path:
    """The folder of the checkpoints that come with the program.

    Raises:
        MotionStudioError: when neither the checkout nor the installed package has it.
    """
    return _find("checkpoints")


def checkpoint_folders() -> tuple[Path, ...]:
    """Folders that hold checkpoints, those that win first.

    First the folders named in the environment variable MOTIONSTUDIO_CHECKPOINTS (several are
    separated as in PATH), then the user's own where there are any, then the program's.

    Raises:
        MotionStudioError: when a folder named in the variable does not exist.
    """
    named = [Path(p) for p in os.environ.get(CHECKPOINTS_VARIABLE, "").split(os.pathsep) if p]
    for folder in named:
        if not folder.is_dir():
            raise MotionStudioError(
                f"{CHECKPOINTS_VARIABLE} names {folder}, which is no folder.",
                "Correct the variable or make the folder.",
            )
    own = user_data_dir() / "checkpoints"
    return (*named, *([own] if own.is_dir() else []), checkpoints_dir())


def user_data_dir() -> Path:
    """Where the program may write for this user; not made here."""
    return Path(platformdirs.user_data_dir("MotionStudio", appauthor=False))


def user_cache_dir() -> Path:
    """Where copies may lie that can be made again; made here.

    Where this user's own cannot be written, as in a home that is read-only, a private folder of
    this process, which goes with it.
    """
    own = Path(platformdirs.user_cache_dir("MotionStudio", appauthor=False))
    try:
        own.mkdir(parents=True, exist_ok=True)
    except OSError:
        return _passing_folder()
    return own if os.access(own, os.W_OK) else _passing_folder()


@cache
def _passing_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="motionstudio-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _find(name: str) -> Path:
    """A folder beside the package's parent in a checkout, inside the package in a wheel."""
    checkout = _PACKAGE.parent
    candidates = [_PACKAGE / "_bundled" / name]
    if (checkout / "pyproject.toml").is_file() and (checkout / "main.py").is_file():
        candidates.insert(0, checkout / name)
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise MotionStudioError(
        f"The program's folder {name} is missing; looked at {candidates[0]}.",
        "Install MotionStudio again, or restore the folder.",
    )
