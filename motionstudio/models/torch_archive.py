"""Files of torch with tensors and nothing else: never executed, never larger than they look."""

from __future__ import annotations

import zipfile
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from motionstudio.core.bounded_text import refuse_endless


def load_tensors(path: Path) -> Any:
    """What ``torch.save`` wrote, on the CPU; only tensors and plain values.

    Raises:
        OSError, RuntimeError, ValueError, MemoryError, pickle.UnpicklingError: it is damaged, or
            holds more than that.
            torch compresses nothing, so what is compressed counts as damaged: a small file could
            else fill the memory.
    """
    if is_archive(path):
        for member in _members(path):
            stored = member.compress_type == zipfile.ZIP_STORED
            if not stored or member.file_size != member.compress_size:
                raise ValueError(f"its part {member.filename} is compressed")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, MemoryError, UnpicklingError):
        raise
    except Exception as error:
        # torch follows a pickle step by step, and whatever such a step makes of damage comes up.
        raise ValueError("its pickle is damaged") from error


def is_archive(path: Path) -> bool:
    """Whether a file is one of torch's archives, as it has written since version 1.6.

    Raises:
        ValueError: it is one whose end is damaged.
        OSError: it cannot be read.
        MotionStudioError: it is a pipe or a device.
    """
    refuse_endless(path)
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile as error:
        raise ValueError("its end is damaged") from error


def _members(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except OSError:
        raise
    except Exception as error:
        # A damaged directory makes zipfile raise anything.
        raise ValueError("its directory is damaged") from error
