"""Starting processes that train: they outlive the window, and read nothing from it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment

from motionstudio.training.run_folder import RunFolder

_SOURCE = Path(__file__).resolve().parents[3]


def start(folder: RunFolder, out: Path) -> bool:
    """Train in ``folder``, or go on there; tells whether a process was started.

    Args:
        folder: with the recipe in it.
        out: folder of the checkpoint.
    """
    words = ["train", str(folder.recipe), "--work", str(folder.path), "--out", str(out)]
    words += ["--data", str(folder.path), "--controlled"]
    process = python(words)
    process.setStandardOutputFile(str(folder.log), QProcess.OpenModeFlag.Append)
    process.setStandardErrorFile(str(folder.log), QProcess.OpenModeFlag.Append)
    return bool(process.startDetached())


def python(words: Sequence[str]) -> QProcess:
    """A process of this program's command line that is not started yet."""
    process = QProcess()
    process.setProgram(sys.executable)
    process.setArguments(["-m", "motionstudio", *words])
    environment = QProcessEnvironment.systemEnvironment()
    # Two threads are slower than one on small machines, and the window needs a core.
    environment.insert("OMP_NUM_THREADS", "1")
    paths = [str(_SOURCE), environment.value("PYTHONPATH")]
    environment.insert("PYTHONPATH", _separator().join(filter(None, paths)))
    process.setProcessEnvironment(environment)
    return process


def _separator() -> str:
    return ";" if sys.platform == "win32" else ":"
