"""A long day in the window: `python -m benchmarks.soak --minutes 30`.

The same round again and again: open a clip, wait for its motion, scrub, edit, drop frames, undo,
carry motion, change the arrangement and the look, play, save, open the project, close it. Memory,
open files and Qt objects are written down after every round. After the first third, which fills
caches, they may not go on growing: the program ends with 1 where they do.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SAMPLES = Path(__file__).parents[1] / "resources" / "samples"
CLIPS = ("figure_walk.npz", "heart_a.npz", "shapes.npz")
GROWTH = 48.0
"""MiB that may be gained between the end of the first third and the end."""
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the process holds after a round.

    Attributes:
        seconds: since the start.
        memory: resident, in MiB.
        files: open file descriptors.
        objects: Qt objects below the window.
    """

    seconds: float
    memory: float
    files: int
    objects: int


class Soak:
    """A window that is used all the time.

    Args:
        folder: for its settings and projects.
    """

    def __init__(self, folder: Path) -> None:
        from PySide6.QtCore import QEvent, QObject
        from PySide6.QtWidgets import QApplication

        from motionstudio.gui.main_window import MainWindow
        from motionstudio.gui.settings import SettingsStore

        self._app = QApplication.instance() or QApplication([])
        settings = SettingsStore(folder / "settings.json")
        settings.update(toured=True)
        self.window: Any = MainWindow(settings)
        self.window.projects.may_leave = lambda _then: True
        self.window.resize(1280, 720)
        self.window.show()
        self.window.start()
        self._folder, self._begun, self._kind = folder, time.monotonic(), QObject
        self._delete_later = QEvent.Type.DeferredDelete.value

    def spin(self, seconds: float) -> None:
        """Let the window work for a while."""
        self.wait(lambda: False, seconds, strict=False)

    def wait(self, done: Callable[[], bool], limit: float = _PATIENCE, strict: bool = True) -> None:
        """Let the window work until something holds.

        Raises:
            TimeoutError: it never did, and that matters.
        """
        end = time.monotonic() + limit
        while not done():
            if time.monotonic() > end:
                if strict:
                    raise TimeoutError(f"still waiting after {limit:.0f} s")
                return
            self._app.processEvents()
            # Outside an event loop of its own, Qt keeps what was to be deleted later.
            self._app.sendPostedEvents(None, self._delete_later)
            time.sleep(0.002)

    def settle(self) -> None:
        """Wait for the motion and for the picture that was asked for."""
        self.wait(self._settled)

    def _settled(self) -> bool:
        subject = self.window.session.active
        if subject is None or subject.track is None or subject.needs_encoding:
            return False
        return bool(self.window.presenters.pictures.up_to_date)

    def do(self, name: str) -> None:
        """An action, where it can be done."""
        action = self.window.actions_[name]
        if action.isEnabled():
            action.trigger()
            self._app.processEvents()

    def round(self, number: int) -> Reading:
        """One round; what is held after it."""
        window, session = self.window, self.window.session
        for name in (CLIPS[number % 3], CLIPS[(number + 1) % 3]):
            count = len(session.project.subjects)
            window.open_paths([SAMPLES / name], ask=False)
            self.wait(lambda count=count: len(session.project.subjects) > count)
            self.settle()
        for frame in range(len(session.active.clip)):
            window.presenters.playback.go(frame)
            self._app.processEvents()
        self._edit()
        self._look(number)
        self._keep(self._folder / "soak.motion")
        self.do("file.new")
        self.wait(lambda: not session.project.subjects)
        self.spin(0.2)
        return self._reading()

    def _edit(self) -> None:
        self.window.presenters.playback.go(3)
        for name in ("select.kept", "change.reverse", "latent.neutral", "edit.undo", "edit.undo",
                     "drop.every_2nd", "edit.undo", "edit.redo"):  # fmt: skip
            self.do(name)
        self.settle()

    def _look(self, number: int) -> None:
        for name in ("view.layout_4", "view.onion", "view.trails", "view.magnitude",
                     "view.theme_light" if number % 2 else "view.theme_dark"):  # fmt: skip
            self.do(name)
        for pane in ("projection", "components", "statistics", "motion", "history"):
            self.window.bench.show_pane(pane)
            self.spin(0.1)
        self.do("motion.play")
        self.spin(0.6)
        self.do("motion.play")
        for name in ("view.onion", "view.trails", "view.magnitude", "view.layout_1"):
            self.do(name)

    def _keep(self, path: Path) -> None:
        saved: list[bool] = []
        self.window.presenters.saving.save(path, lambda *_: saved.append(True))
        self.wait(lambda: bool(saved))
        self.window.open_paths([path])
        self.wait(lambda: not self.window.presenters.tasks.running)
        self.settle()

    def _reading(self) -> Reading:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return Reading(
            time.monotonic() - self._begun,
            pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
            len(os.listdir("/proc/self/fd")),
            len(self.window.findChildren(self._kind)),
        )

    def close(self) -> None:
        """Close the window."""
        self.window.close()
        self.spin(0.5)


def verdict(readings: list[Reading]) -> str:
    """What goes on growing; empty when nothing does."""
    if len(readings) < 4:
        return f"only {len(readings)} rounds: too few to tell"
    warm, end = readings[len(readings) // 3], readings[-1]
    # One round may end with more in its caches than another.
    late = min(reading.memory for reading in readings[-3:])
    if late - warm.memory > GROWTH:
        return f"memory grew from {warm.memory:.0f} to {late:.0f} MiB"
    if end.files > warm.files + 8:
        return f"open files grew from {warm.files} to {end.files}"
    if end.objects > warm.objects * 1.05 + 50:
        return f"Qt objects grew from {warm.objects} to {end.objects}"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as home:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = home
        soak, readings = Soak(Path(home)), list[Reading]()
        print("| round | s | MiB | open files | Qt objects |\n|---|---|---|---|---|")
        while not readings or readings[-1].seconds < 60 * minutes:
            reading = soak.round(len(readings))
            readings.append(reading)
            print(f"| {len(readings)} | {reading.seconds:.0f} | {reading.memory:.0f} | "
                  f"{reading.files} | {reading.objects} |", flush=True)  # fmt: skip
        soak.close()
    problem = verdict(readings)
    print(f"\n{problem or 'Nothing went on growing.'}")
    sys.exit(int(bool(problem)))


if __name__ == "__main__":
    main()
