"""A long day in the window: `python -m benchmarks.soak --minutes 30`.

The same round again and again: open clips, let three models find their motion, scrub, edit, drop
frames, undo, continue, search, carry motion from one to the other, look at every pane, overlay and
arrangement, play, export, save, open the project, close it. Three rounds visit all nine systems.
Memory, open files, Qt objects and clips are written down after every round. After the first third,
which fills caches, they may not go on growing: the program ends with 1 where they do.

What memory still gains then is pictures in bounded caches (768 MiB at most): states that the window
passed through while it worked are other ones in every round. With these caches emptied after each
round, the heap in use stayed at 201.0 to 201.3 MiB from round 4 to round 9; while closed clips were
still held, it gained 1.3 MiB with every round (docs/decisions/150-closed-clips-are-given-back.md).
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from motionstudio.core.transfer import TransferMode
from motionstudio.document.transfer_plan import Offer
from motionstudio.export import ExportKind, ExportOptions

SAMPLES = Path(__file__).parents[1] / "resources" / "samples"
VISITS = (
    ("heart_a", "heart"),
    ("teapot", "teapot_2dof_a100"),
    ("moving_digit", "digits_stae"),
    ("figure_walk", "figures_fomm"),
    ("digit_steps", "digits_vpn"),
    ("moving_digit", "digits_vae_2d"),
    ("shapes", "shapes_vd"),
    ("written_digit", "digits_draw"),
    ("figure_wave", "motion_search"),
)
"""Sample and checkpoint, one of each system; a round visits three, one after the other."""

PER_ROUND = 3
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
        cached: MiB of it in bounded caches.
        clips: clips that live although the document was closed.
    """

    seconds: float
    memory: float
    files: int
    objects: int
    cached: float = 0.0
    clips: int = 0


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
        self.panes, self.models, self.said = set[str](), set[str](), Counter[str]()
        self.window.session.notices.posted.connect(self._hear)
        self._delete_later = QEvent.Type.DeferredDelete.value

    def _hear(self, notice: Any) -> None:
        if notice.tone.value in ("warn", "error"):
            self.said[notice.text] += 1

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
        session = self.window.session
        first = number * PER_ROUND % len(VISITS)
        for sample, model in VISITS[first : first + PER_ROUND]:
            self._visit(sample, model)
        self._carry()
        self._look(number)
        self._export(self._folder / "soak.gif")
        self._keep(self._folder / "soak.motion")
        self.do("file.new")
        self.wait(lambda: not session.project.subjects)
        self.spin(0.2)
        return self._reading()

    def _visit(self, sample: str, model: str) -> None:
        """Open a clip, let a model find its motion, go through its frames and change it."""
        window, session = self.window, self.window.session
        count = len(session.project.subjects)
        window.open_paths([SAMPLES / f"{sample}.npz"], ask=False)
        self.wait(lambda: len(session.project.subjects) > count)
        self.settle()
        if session.active.model != model:
            window.presenters.library.choose_model(model)
            self.settle()
        self.models.add(session.active.model)
        for frame in range(len(session.active.clip)):
            window.presenters.playback.go(frame)
            self._app.processEvents()
        self._edit()
        for begin, end in (("future.go_on", "future.stop"), ("search.find", "search.stop")):
            self.do(begin)
            self.spin(0.4)
            self.do(end)

    def _edit(self) -> None:
        self.window.presenters.playback.go(3)
        for name in ("select.kept", "change.reverse", "latent.neutral", "edit.undo", "edit.undo",
                     "drop.every_2nd", "edit.undo", "edit.redo", "glimpse.resample",
                     "handle.tool", "handle.tool"):  # fmt: skip
            self.do(name)
        self.settle()

    def _carry(self) -> None:
        """Let the last clip move like the first one; its model finds that motion as well."""
        first, *_, last = self.window.session.project.subjects
        self.window.presenters.transfer.drop_settled(Offer(first.id, last.id, TransferMode.REPLACE))
        self.spin(0.5)
        self.settle()

    def _look(self, number: int) -> None:
        """Every pane, overlay and arrangement, while the clip plays."""
        actions, bench = self.window.actions_, self.window.bench
        overlays = [name for name in actions.all if name.startswith("view.map_")]
        toggled = ("view.onion", "view.trails", "view.magnitude", "view.jacobian", "view.arrows",
                   "view.uncertainty", *overlays)  # fmt: skip
        self.do("view.theme_light" if number % 2 else "view.theme_dark")
        self.do("motion.play")
        for layout in ("view.layout_2", "view.layout_4"):
            self.do(layout)
            self.spin(0.1)
        for pane in bench.docks:
            bench.show_pane(pane)
            self.panes.add(pane)
            self.spin(0.1)
        for name in toggled:
            self.do(name)
            self.spin(0.05)
            if actions[name].isChecked():
                self.do(name)
        self.do("motion.play")
        self.do("view.layout_1")

    def _export(self, path: Path) -> None:
        exporting = self.window.presenters.exporting
        self.settle()
        exporting.start(self.window.session.active, ExportOptions(ExportKind.GIF, path))
        self.wait(lambda: not exporting.running)
        if not path.exists():
            raise RuntimeError("expected the export to be written")
        path.unlink()

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
            *_held(),
        )

    def close(self) -> None:
        """Close the window."""
        self.window.close()
        self.spin(0.5)


def _held() -> tuple[float, int]:
    """MiB in bounded caches, and the clips that somebody still holds."""
    from motionstudio.core.clip import Clip
    from motionstudio.engine.cache import ByteCache

    gc.collect()
    # Not isinstance: asking lazy modules of torch for their class imports them.
    kinds = [(type(each), each) for each in gc.get_objects()]
    cached = sum(each.bytes for kind, each in kinds if kind is ByteCache)
    return cached / 2**20, sum(kind is Clip for kind, _ in kinds)


def verdict(readings: list[Reading]) -> str:
    """What goes on growing; empty when nothing does."""
    if len(readings) < 4:
        return f"only {len(readings)} rounds: too few to tell"
    warm, end = readings[len(readings) // 3], readings[-1]
    # One round may end with more in its caches than another.
    late = min(reading.memory for reading in readings[-3:])
    if end.clips > warm.clips + 2 * PER_ROUND:
        return f"clips that were closed are held: {warm.clips} grew to {end.clips}"
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
    parser.add_argument("--log", type=Path, help="also write all readings into this JSON file")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = home
        soak, readings = Soak(Path(home)), list[Reading]()
        print("| round | s | MiB | cached | open files | Qt objects | clips |")
        print("|---|---|---|---|---|---|---|")
        while not readings or readings[-1].seconds < 60 * chosen.minutes:
            reading = soak.round(len(readings))
            readings.append(reading)
            print(f"| {len(readings)} | {reading.seconds:.0f} | {reading.memory:.0f} | "
                  f"{reading.cached:.0f} | {reading.files} | {reading.objects} | {reading.clips} |",
                  flush=True)  # fmt: skip
        soak.close()
    problem = verdict(readings)
    print(f"\n{len(soak.models)} models and {len(soak.panes)} panes were visited.")
    for text, count in soak.said.most_common():
        print(f"Warned {count} times: {text}")
    print(problem or "Nothing went on growing.")
    if chosen.log:
        told = {"models": sorted(soak.models), "panes": sorted(soak.panes), "said": soak.said}
        kept = {"problem": problem, "readings": [asdict(each) for each in readings], **told}
        chosen.log.write_text(json.dumps(kept), encoding="utf-8")
    sys.exit(int(bool(problem)))


if __name__ == "__main__":
    main()
