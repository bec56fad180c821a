"""The tour: the window driven through the main job by itself, with a picture of each step."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.locations import resources_dir
from motionstudio.startup import prepare

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow
    from motionstudio.gui.settings import SettingsStore

SIZE = (1440, 900)
Tell = Callable[[str], None]
MakeWindow = Callable[["SettingsStore"], "MainWindow"]


def _silent(_line: str) -> None:
    """Say nothing."""


def run_tour(
    clip: Path | None,
    out: Path,
    tell: Tell = _silent,
    make_window: MakeWindow | None = None,
) -> list[Path]:
    """Open, encode, scrub, edit, drop, look at the error and export, all in the real window.

    Args:
        clip: what to open; None: the sample of the program.
        out: folder for numbered pictures, the film and the motion; made if absent.
        tell: receives one line for each step.
        make_window: makes the window; None: the real one. Tests give a small model.

    Returns:
        The files written, in order.

    Raises:
        MotionStudioError: the clip cannot be opened, no model is at hand, or ``out`` cannot be
            written to.
    """
    prepare(sys.platform)
    # Qt only after ``prepare``: on Windows torch must be imported before it.
    from PySide6.QtWidgets import QApplication

    from motionstudio.gui.dialogs.unsaved import Answer, Questions
    from motionstudio.gui.file_commands import SAMPLE
    from motionstudio.gui.main_window import MainWindow
    from motionstudio.gui.settings import SettingsStore
    from motionstudio.gui.theme import apply as theme
    from motionstudio.gui.tour_guide import TourGuide

    _make_folder(out)
    app = QApplication.instance() or QApplication(["motionstudio"])
    if not isinstance(app, QApplication):
        raise TypeError("run_tour: expected a QApplication, got another kind of application")
    theme.apply(app, "dark")
    with tempfile.TemporaryDirectory(prefix="motionstudio-tour-") as folder:
        window = (make_window or MainWindow)(SettingsStore(Path(folder) / "settings.json"))
        # Nobody is there to ask what becomes of the tour's edits.
        window.projects.questions = Questions(unsaved=lambda *_: Answer.DISCARD)
        window.resize(*SIZE)
        window.show()
        window.start()
        try:
            return TourGuide(window, out, tell).run(clip or resources_dir() / SAMPLE)
        finally:
            window.close()
            window.deleteLater()


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MotionStudioError(
            f"The folder {out} cannot be made: {error.strerror or error}."
        ) from error
