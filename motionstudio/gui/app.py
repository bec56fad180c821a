"""Starts the studio: the window first, torch afterwards in the engine's thread."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from motionstudio.startup import prepare


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window on a clip, or on the sample.

    Args:
        argv: paths to open; None: the process's arguments.

    Returns:
        The exit code.
    """
    prepare(sys.platform)
    # Qt only after ``prepare``: on Windows torch must be imported before it.
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from motionstudio.gui.main_window import MainWindow
    from motionstudio.gui.notifications import install_hooks
    from motionstudio.gui.plots_ahead import load_plots
    from motionstudio.gui.preference_effects import dress
    from motionstudio.gui.reports import TAIL
    from motionstudio.gui.settings import SettingsStore
    from motionstudio.gui.short_collections import ShortCollections
    from motionstudio.gui.theme.icons import program_icon

    words = list(sys.argv[1:] if argv is None else argv)
    app = QApplication.instance() or QApplication([sys.argv[0], *words])
    if not isinstance(app, QApplication):
        raise TypeError("main: expected a QApplication, got another kind of application")
    app.setApplicationName("MotionStudio")
    app.setApplicationDisplayName("MotionStudio")
    # The menu's entry, by which desktops find name and icon: resources/packaging/linux.
    app.setDesktopFileName("motionstudio")
    app.setWindowIcon(program_icon())
    settings = SettingsStore()
    dress(settings.value)
    if settings.value.device == "cpu":
        os.environ["MOTIONSTUDIO_DEVICE"] = "cpu"
    window = MainWindow(settings)
    logging.getLogger().addHandler(TAIL)
    restore = install_hooks(window.session.notices)
    shorten = ShortCollections()
    window.engine.deviceChanged.connect(shorten)
    window.engine.deviceChanged.connect(lambda *_: load_plots())
    window.presenters.opening.opened.connect(shorten)
    window.presenters.loading.loaded.connect(shorten)
    window.show()
    paths = [Path(word) for word in words if not word.startswith("-")]

    def begin() -> None:
        window.start()
        window.onboarding.begin(paths)
        window.recovery.look()

    QTimer.singleShot(0, window, begin)
    try:
        return int(app.exec())
    finally:
        restore()


if __name__ == "__main__":
    sys.exit(main())
