"""The runs of this user: their folders, and what has become of each."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.core.errors import MotionStudioError
from motionstudio.gui.training import launch
from motionstudio.gui.training.progress import Phase, Progress
from motionstudio.training.own_clips import write_recipe
from motionstudio.training.recipe import Recipe
from motionstudio.training.run_folder import Order, RunFolder

_LOOK_MS = 300
_PORTION = 1 << 15
"""Bytes of events that are read at a time: milliseconds of the window's thread."""
_GRACE = 200
"""Looks (a minute) that a started process may take to appear on a busy machine."""


class Run:
    """One run: its folder and what its events told so far.

    Args:
        folder: of the run.

    Attributes:
        progress: what its events told.
        alive: whether its process is at work. ``grace``: looks that it still has to appear.
        past: whether it ended before this window knew of it, so that nobody is told.
        behind: whether there are more events than were read yet.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.progress = Progress()
        self.alive = False
        self.grace = 0
        self.past = False
        self.behind = True
        self._place = 0

    @property
    def name(self) -> str:
        """Of the run and its checkpoint."""
        return self.folder.path.name

    def look(self) -> bool:
        """Take what is new; tells whether anything is."""
        # In this order: a run that has ended has told everything.
        alive = self.folder.alive()
        events, place = self.folder.read(self._place, _PORTION)
        self.behind, self._place = place - self._place > _PORTION // 2, place
        for event in events:
            self.progress.take(event)
        before = (self.progress.phase, self.alive)
        self.alive = alive
        if events and not alive:
            self.grace = 0
        self.grace = max(0, self.grace - 1)
        if alive:
            self.grace = 0
            if self.progress.phase is Phase.INTERRUPTED:
                self.progress.phase = Phase.PREPARING
        elif not self.progress.over and not self.grace and not self.behind:
            self.progress.phase = Phase.INTERRUPTED
        return bool(events) or before != (self.progress.phase, alive)


class Runs(QObject):
    """All runs of a folder; looks at those that live several times a second.

    Args:
        folder: holds a folder for each run; made when needed.
        checkpoints: where finished runs leave their checkpoints.
        parent: Qt parent.

    Signals:
        changed: name of a run about which something new is known.
        finished: name of a run whose checkpoint is written.
        failed: name, and why in words.
    """

    changed = Signal(str)
    finished = Signal(str)
    failed = Signal(str, str)

    def __init__(self, folder: Path, checkpoints: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder, self._checkpoints = folder, checkpoints
        self._runs: dict[str, Run] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._catching_up = QTimer(self)
        self._catching_up.setInterval(0)
        self._catching_up.timeout.connect(self._catch_up)

    @property
    def names(self) -> tuple[str, ...]:
        """All runs, the newest first."""
        return tuple(reversed(self._runs))

    @property
    def living(self) -> tuple[str, ...]:
        """Runs whose process is at work."""
        return tuple(name for name, run in self._runs.items() if run.alive or run.grace)

    def run(self, name: str) -> Run | None:
        """A run by name, or None."""
        return self._runs.get(name)

    def find(self) -> None:
        """Look which runs there are, also from earlier windows."""
        paths = [path.parent for path in self._folder.glob("*/recipe.toml")]
        for path in sorted(paths, key=lambda path: path.stat().st_mtime):
            if path.name not in self._runs:
                self._runs[path.name] = run = Run(RunFolder(path))
                run.alive = run.folder.alive()
                run.past = not run.alive
                self.changed.emit(path.name)
        if self.living:
            self._timer.start()
        self._catching_up.start()

    def free_name(self, wish: str) -> str:
        """``wish``, with a number where there is such a run or checkpoint already."""
        clean = "".join(c if c.isalnum() or c in "-_" else "_" for c in wish).strip("_") or "mine"
        name, number = clean, 2
        while (self._folder / name).exists() or (self._checkpoints / name).exists():
            name, number = f"{clean}_{number}", number + 1
        return name

    def start(self, recipe: Recipe) -> None:
        """Begin a run of this name.

        Raises:
            MotionStudioError: its folder cannot be written, or no process can be started.
        """
        folder = RunFolder(self._folder / recipe.name)
        try:
            write_recipe(recipe, folder.recipe)
        except OSError as error:
            raise _unwritable(error) from error
        self._runs[recipe.name] = Run(folder)
        self._launch(recipe.name)

    def resume(self, name: str) -> None:
        """Let a paused or interrupted run go on."""
        run = self._runs[name]
        if run.folder.alive() or run.grace:
            self._tell_process(run, Order.GO)
        else:
            run.progress.phase = Phase.PREPARING
            run.past = False
            self._launch(name)

    def give(self, name: str, order: Order) -> None:
        """Tell a living run; a dead one is only discarded.

        Raises:
            MotionStudioError: its folder cannot be written.
        """
        run = self._runs[name]
        if run.alive or run.grace:
            self._tell_process(run, order)
        elif order is Order.DISCARD:
            self._forget(name)

    def look(self) -> None:
        """Take what is new of all runs."""
        for name, run in list(self._runs.items()):
            if not run.folder.recipe.exists():
                self._forget(name)
            elif (run.alive or run.grace or run.behind) and run.look():
                run.past = run.past and not run.alive
                self._tell(name, run)
        if not (self.living or any(run.behind for run in self._runs.values())):
            self._timer.stop()

    def stop(self) -> None:
        """Look no more; the processes go on."""
        self._timer.stop()
        self._catching_up.stop()

    def _catch_up(self) -> None:
        """Read one portion of one run that has a long story, the newest first."""
        for name in self.names:
            run = self._runs[name]
            if run.behind:
                self._read_on(name, run)
                return
        self._catching_up.stop()

    def _read_on(self, name: str, run: Run) -> None:
        run.look()
        if not run.behind:
            self._tell(name, run)

    def _tell(self, name: str, run: Run) -> None:
        self.changed.emit(name)
        if run.alive or run.past or run.behind:
            return
        if run.progress.phase is Phase.FINISHED:
            self.finished.emit(name)
        elif run.progress.phase is Phase.FAILED:
            self.failed.emit(name, f"{run.progress.words} {run.progress.hint}".strip())
        elif run.progress.phase is Phase.INTERRUPTED:
            self.failed.emit(name, _last_line(run.folder.log))

    def _tell_process(self, run: Run, order: Order) -> None:
        try:
            run.folder.give(order)
        except FileNotFoundError:
            return  # The run was discarded; the next look finds that out.
        except OSError as error:
            raise _unwritable(error) from error

    def _launch(self, name: str) -> None:
        run = self._runs[name]
        # Before the process lives: what it is told from now on is for it.
        self._tell_process(run, Order.GO)
        run.grace = _GRACE
        if not launch.start(run.folder, self._checkpoints / name):
            run.grace = 0
            raise MotionStudioError("The process that trains could not be started.")
        self._timer.start()
        self.changed.emit(name)

    def _forget(self, name: str) -> None:
        run = self._runs.pop(name)
        shutil.rmtree(run.folder.path, ignore_errors=True)
        self.changed.emit(name)


def _unwritable(error: OSError) -> MotionStudioError:
    return MotionStudioError(
        f"The folder of the run cannot be written: {error.strerror}.", "Make room there."
    )


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    # On which device it trains is said first, and no reason.
    said = f" It last said: {lines[-1]}" if lines and not lines[-1].startswith("device:") else ""
    return f"Its process ended in the middle; Go on continues from its last state.{said}"
