"""The folder of a task's results: it appears whole or not at all, and says what made it."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motionstudio.batch.task import Outcome
from motionstudio.core.errors import MotionStudioError

RESULT = "result.json"
_MAKING, _LEAVING = ".making-", ".leaving-"


def done(folder: Path, key: str) -> Outcome | None:
    """As ``found``, and only where no task of the evaluation failed."""
    outcome = found(folder, key)
    return None if outcome is None or outcome.lapses else outcome


def found(folder: Path, key: str) -> Outcome | None:
    """The outcome in ``folder`` where its files are whole and it belongs to ``key``, else None."""
    try:
        outcome = Outcome.of(json.loads((folder / RESULT).read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    complete = all((folder / name).exists() for name in outcome.files)
    return outcome if outcome.key == key and complete else None


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder`` that takes its place at the end.

    On any exception it goes and ``folder`` stays as it was.

    Raises:
        MotionStudioError: the place cannot be written to, or holds something else.
    """
    _check_ours(folder)
    part = folder.with_name(f"{_MAKING}{uuid.uuid4().hex[:12]}")
    try:
        part.mkdir(parents=True)
        yield part
        _put(part, folder)
    except OSError as error:
        raise MotionStudioError(
            f"The results of {folder.name} could not be written: {error.strerror or error}.",
            "Make room, or choose another output folder.",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _check_ours(folder: Path) -> None:
    """Refuse to replace what no study made: an output may be any folder of this machine."""
    if folder.is_file() or (
        folder.is_dir() and not (folder / RESULT).is_file() and any(folder.iterdir())
    ):
        raise MotionStudioError(
            f"{folder} holds something that is no result of a study.",
            "Move it away, or choose another output folder.",
        )


def note(part: Path, outcome: Outcome) -> None:
    """Write the outcome into a folder under way, as the last thing."""
    text = json.dumps(outcome.plain(), indent=1, allow_nan=False)
    (part / RESULT).write_text(text + "\n", encoding="utf-8")


def sweep(output: Path) -> None:
    """Remove what workers that died left under way; nobody else may be at work in ``output``."""
    for mark in (_MAKING, _LEAVING):
        for folder in output.glob(f"*/{mark}*"):
            shutil.rmtree(folder, ignore_errors=True)


def _put(part: Path, folder: Path) -> None:
    old = folder.with_name(f"{_LEAVING}{uuid.uuid4().hex[:12]}")
    if folder.exists():
        os.replace(folder, old)
    os.replace(part, folder)
    shutil.rmtree(old, ignore_errors=True)
