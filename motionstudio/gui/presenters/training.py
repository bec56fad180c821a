"""Training runs <-> the pane and the dialog; a finished one becomes a model of the window."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from motionstudio.core.errors import MotionStudioError
from motionstudio.gui.dialogs.run_question import ask_discard
from motionstudio.gui.dialogs.train_options import TrainChoice, TrainDialog
from motionstudio.gui.dialogs.unsaved import RunsAnswer
from motionstudio.gui.folders import Folders
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.panes.training import TrainingPane
from motionstudio.gui.presenters.model_choice import model_command
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.training.material import write_subjects
from motionstudio.gui.training.progress import Phase
from motionstudio.gui.training.runs import Run, Runs
from motionstudio.gui.workbench import Workbench
from motionstudio.training.own_clips import why_not
from motionstudio.training.recipe import read_recipe
from motionstudio.training.run_folder import Order


def training_of(
    session: Session, bench: Workbench, folders: Folders, window: QWidget
) -> TrainingPresenter:
    """The presenter with its pane in the window, and the runs of earlier windows."""
    pane = TrainingPane()
    bench.add_pane("training", "Training", pane, icon="learn")
    runs = Runs(folders.runs, folders.checkpoints, window)
    made = TrainingPresenter(session, pane, runs, folders.runs, window)
    made.shown.connect(partial(bench.show_pane, "training"))
    runs.find()
    return made


class TrainingPresenter(QObject):
    """Begins runs, shows one of them, and passes on what they are told.

    Args:
        session: shared parts.
        pane: where a run is shown.
        runs: all of them.
        folder: where what is open is written for runs.
        window: parent of the dialog.

    Signals:
        changed: what can be done may be different now.
        shown: the pane is to be seen.
    """

    changed = Signal()
    shown = Signal()

    def __init__(
        self, session: Session, pane: TrainingPane, runs: Runs, folder: Path, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._pane, self.runs = session, pane, runs
        self._folder, self._window = folder, window
        self._name = ""
        self.ask_discard: Callable[[QWidget, str, bool], bool] = ask_discard
        runs.changed.connect(self._on_changed)
        runs.finished.connect(self._on_finished)
        runs.failed.connect(self._on_failed)
        pane.trainRequested.connect(self.ask)
        pane.runChosen.connect(self.show)
        pane.pauseRequested.connect(partial(self._give, Order.PAUSE))
        pane.resumeRequested.connect(self._resume)
        pane.keepRequested.connect(partial(self._give, Order.KEEP))
        pane.discardRequested.connect(self._discard)
        pane.useRequested.connect(self.use)
        session.view.changed.connect(self._show_use)
        session.project.changed.connect(self._show_use)

    def why_not(self) -> str:
        """Why nothing can be trained; empty when something can."""
        first = ""
        for card in self._session.catalogue.cards.values():
            reason = why_not(card)
            if not reason:
                return ""  # Each looks at the disk, and every step of the playhead asks.
            first = first or reason
        return first or "There is no model at hand."

    def show(self, name: str) -> None:
        """Show a run in the pane."""
        self._name = name
        self._pane.set_runs(self.runs.names, name)
        run = self.runs.run(name)
        if run is not None:
            self._pane.show_progress(run.progress, bool(run.alive or run.grace), run.folder.path)
        self._show_use()

    def ask(self) -> None:
        """Ask what to train, and begin."""
        session = self._session
        scratch = Path(tempfile.mkdtemp(prefix="motionstudio-clips-"))
        active = session.active
        try:
            dialog = TrainDialog(
                session.project.subjects,
                active.id if active is not None else "",
                tuple(session.catalogue.cards.values()),
                active.model if active is not None else "",
                self.runs.free_name,
                scratch,
                session.media.submit,
                self._window,
            )
            accepted = dialog.exec() == QDialog.DialogCode.Accepted
            choice = dialog.choice() if accepted else None
            dialog.deleteLater()
        finally:
            # After what is still being written there.
            remove = partial(shutil.rmtree, scratch, ignore_errors=True)
            session.media.submit(remove, lambda _none: None)
        if choice is not None:
            self.begin(choice)

    def begin(self, choice: TrainChoice) -> None:
        """Write what is open as files, then start the run."""
        target = self._folder / choice.name / "clips"

        def start(written: tuple[Path, ...] | Exception) -> None:
            with self._session.reported():
                if isinstance(written, Exception):
                    raise MotionStudioError(f"The clips cannot be written: {written}.")
                self.runs.start(choice.recipe(written))
                self.show(choice.name)
                self.shown.emit()

        self._session.media.submit(partial(write_subjects, choice.subjects, target), start)

    def why_not_use(self) -> str:
        """Why the shown run's checkpoint cannot encode the active clip; empty where it can."""
        subject = self._session.active
        if not self.usable:
            return "No finished run is shown."
        if self._session.catalogue.card(self._name) is None:
            return f"The checkpoint of {self._name} is gone."
        if subject is None:
            return "Open a clip first."
        return f"{subject.name} has this model." if subject.model == self._name else ""

    def use(self) -> None:
        """Let the shown run's checkpoint encode the active clip."""
        subject, card = self._session.active, self._session.catalogue.card(self._name)
        reason = self.why_not_use()
        if reason or subject is None or card is None:
            self._session.notices.say(reason)
            return
        self._session.push(model_command(subject, self._session.card(subject), card))

    def may_close(self, ask: Callable[[QWidget, tuple[str, ...]], RunsAnswer]) -> bool:
        """Whether the window may close; living runs are told what people want of them."""
        living = self.runs.living
        if not living:
            return True
        answer = ask(self._window, living)
        order = {RunsAnswer.KEEP: Order.KEEP, RunsAnswer.DISCARD: Order.DISCARD}.get(answer)
        for name in living if order is not None else ():
            with self._session.reported():
                self.runs.give(name, order or Order.GO)
        return answer is not RunsAnswer.CANCEL

    def shutdown(self) -> None:
        """Look no more; runs go on without the window unless they were told otherwise."""
        self.runs.stop()

    def _show_use(self, *_what: object) -> None:
        if self._name:
            self._pane.set_use_reason(self.why_not_use())

    def _give(self, order: Order) -> None:
        if self.runs.run(self._name) is not None:
            with self._session.reported():
                self.runs.give(self._name, order)

    def _discard(self) -> None:
        name = self._name
        finished = self.usable
        if self.runs.run(name) is not None and self.ask_discard(self._window, name, finished):
            with self._session.reported():
                self.runs.give(name, Order.DISCARD)

    def _resume(self) -> None:
        with self._session.reported():
            self.runs.resume(self._name)

    def _on_changed(self, name: str) -> None:
        names = self.runs.names
        if name == self._name or self._name not in names:
            self.show(self._name if self._name in names else (names[0] if names else ""))
        self.changed.emit()

    def _on_finished(self, name: str) -> None:
        self._session.media.submit(self._session.catalogue.preload, partial(self._announce, name))

    def _announce(self, name: str, problem: object) -> None:
        """Say that a run has ended, once its checkpoint is among the models."""
        if isinstance(problem, Exception):
            self._session.notices.report(problem)
        # The action that the notice offers is about the run that is shown.
        self.show(name)
        run = self.runs.run(name)
        better = "" if run is None else _improvement(run)
        self._session.notices.post(Notice(f"{name} is trained.{better}", actions=("model.use",)))
        self.changed.emit()

    def _on_failed(self, name: str, why: str) -> None:
        self._session.notices.say(f"Training {name} stopped. {why}", tone=Tone.WARN)

    @property
    def usable(self) -> bool:
        """Whether the shown run ended with a checkpoint."""
        run = self.runs.run(self._name)
        return run is not None and run.progress.phase is Phase.FINISHED


def _improvement(run: Run) -> str:
    """How the weights that were kept make the watched clip, beside those it began with."""
    looks = run.progress.looks
    if len(looks) < 2:
        return ""
    try:
        keeps_best = read_recipe(run.folder.recipe).patience > 0
    except MotionStudioError:
        return ""
    kept = min(looks, key=lambda look: look.error) if keeps_best else looks[-1]
    if kept.step == looks[0].step:
        return (
            f" No step made the watched clip better than RMSE {kept.error:.4f}: its weights are "
            "those it began with."
        )
    return (
        f" The watched clip is made with RMSE {kept.error:.4f}, {looks[0].error:.4f} at the start."
    )
