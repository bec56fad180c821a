"""From launch to a window, to torch, and to a sample that moves: processes of their own."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.budget import Row

_STAGES = (
    ("window", Row("launch -> window", 1000, 2000)),
    ("device", Row("launch -> engine with torch", 4000, 8000)),
    ("moving", Row("launch -> sample plays (3 pictures)", 10_000, 10_000)),
)


def rows(rounds: int, *, fresh: bool = False) -> list[Row]:
    """Start the program ``rounds`` times; wall time only, as people wait.

    ``fresh``: as for the first time, without byte code and with libraries out of the page cache
    as far as the system lets them go.
    """
    stages = [(name, replace(row, wall=[], cpu=[])) for name, row in _STAGES]
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as home:
            if fresh:
                _forget_libraries()
            _start(home, stages, fresh=fresh)
    return [row for _, row in stages]


def _forget_libraries() -> None:
    """Let pages of large libraries go that no process has mapped."""
    if not hasattr(os, "posix_fadvise"):
        return
    for folder in {Path(place) for place in site.getsitepackages()}:
        for path in folder.rglob("*.so*"):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _start(home: str, stages: list[tuple[str, Row]], *, fresh: bool) -> None:
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **dict.fromkeys(names, home)}
    if fresh:
        env["PYTHONPYCACHEPREFIX"] = f"{home}/bytecode"
    begun = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.start"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            taken = (time.perf_counter() - begun) * 1e3
            for name, row in stages:
                if line.strip() == name:
                    row.wall.append(taken)


def child() -> None:
    """The program as launched: says each stage on a line of its own, then ends."""
    from motionstudio.startup import prepare

    prepare(sys.platform)
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from motionstudio.gui.main_window import MainWindow
    from motionstudio.gui.settings import SettingsStore

    app = QApplication([])
    window = MainWindow(SettingsStore(Path(tempfile.mkdtemp()) / "settings.json"))
    pictures, seen = window.presenters.pictures, set[str]()

    def say(stage: str) -> None:
        sys.stdout.write(stage + "\n")
        sys.stdout.flush()

    def look() -> None:
        shown, subject = pictures.shown, window.session.active
        if shown is None or subject is None or subject.needs_encoding:
            return
        if not window.session.view.state.playing:
            window.presenters.playback.toggle(True)
        seen.add(shown.key)
        if len(seen) >= 3:
            say("moving")
            os._exit(0)

    window.engine.deviceChanged.connect(lambda *_: say("device"))
    pictures.pictureChanged.connect(look)
    window.session.project.changed.connect(lambda _: look())
    window.show()
    app.processEvents()
    say("window")
    QTimer.singleShot(0, window.start)
    QTimer.singleShot(0, window.behaviours.files.commands.open_sample)
    QTimer.singleShot(60_000, lambda: os._exit(1))
    app.exec()


if __name__ == "__main__":
    child()
