"""The pictures of the window in the README: ``python -m benchmarks.pictures [FOLDER]``.

The real window, offscreen and dark, on the samples: the studio (``studio.png``), every 2nd frame
withheld and filled in with the difference to the truth (``dropped.png``), two hearts in the plane
of their principal components (``inspect.png``). Made again whenever the window looks different.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from motionstudio.core.locations import resources_dir
from motionstudio.document.subject import Subject
from motionstudio.gui.dialogs.unsaved import Answer, Questions
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.theme import apply as theme

SIZE = (1440, 900)
SAMPLES = ("heart_a", "heart_b")
_PATIENCE = 120.0
_QUIET = 3.0


class Photographer:
    """One window, driven by its own actions.

    Args:
        app: the application.
        window: the window, shown and started.
        folder: where the pictures go.
    """

    def __init__(self, app: QApplication, window: MainWindow, folder: Path) -> None:
        self._app, self._window, self._folder = app, window, folder

    def open(self, name: str) -> None:
        """Open a sample and wait until its motion is known."""
        count = len(self._window.session.project.subjects)
        self._window.open_paths([resources_dir() / "samples" / f"{name}.npz"], ask=False)
        self._until(lambda: len(self._window.session.project.subjects) > count)
        self._until(lambda: _is_known(self._window.session.active))

    def do(self, *names: str) -> None:
        """Do actions of the window, each as soon as it can be done."""
        for name in names:
            action = self._window.actions_[name]
            self._until(action.isEnabled)
            action.trigger()

    def take(self, name: str, frame: int) -> None:
        """Show a frame, wait until nothing changes any more, and write a picture."""
        self._window.presenters.playback.go(frame)
        self._until(self._is_drawn)
        picture, before = self._look(), None
        while picture != before:
            self._look_on(_QUIET)
            self._until(self._is_drawn)
            before, picture = picture, self._look()
        picture.save(str(self._folder / f"{name}.png"), quality=0)  # as small as it gets

    def _look(self) -> QImage:
        return self._window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)

    def _is_drawn(self) -> bool:
        window = self._window
        pictures, shown = window.presenters.pictures, window.presenters.pictures.shown
        if shown is None or shown.preview or not _is_known(window.session.active):
            return False
        errors = window.presenters.errors.errors
        measured = np.isfinite(errors).sum() >= len(errors) - 1  # the reference has none
        small = not window.bench.timeline.strip.lacking_thumbnails()
        return bool(pictures.up_to_date and window.actions_up_to_date and measured and small)

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")
            self._look_on(0.02)

    def _look_on(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents()
            time.sleep(0.002)


def _is_known(subject: Subject | None) -> bool:
    return subject is not None and subject.track is not None and not subject.needs_encoding


def take_all(folder: Path) -> None:
    """Write the three pictures into ``folder``, which must exist."""
    app = QApplication.instance() or QApplication(["motionstudio"])
    if not isinstance(app, QApplication):
        raise TypeError("take_all: expected a QApplication")
    theme.apply(app, "dark")
    with tempfile.TemporaryDirectory(prefix="pictures-") as kept:
        store = SettingsStore(Path(kept) / "settings.json")
        store.update(theme="dark", toured=True)
        window = MainWindow(store)
        # Nobody is there to ask what becomes of the edits.
        window.projects.questions = Questions(unsaved=lambda *_: Answer.DISCARD)
        window.resize(*SIZE)
        window.show()
        window.start()
        try:
            _scenes(Photographer(app, window, folder))
        finally:
            window.close()


def _scenes(photographer: Photographer) -> None:
    for name in SAMPLES:
        photographer.open(name)
    photographer.take("studio", 9)
    photographer.do("drop.every_2nd", "view.difference")
    photographer.take("dropped", 7)
    photographer.do("view.difference", "edit.undo", "layout.inspect")
    photographer.take("inspect", 9)


if __name__ == "__main__":
    take_all(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
