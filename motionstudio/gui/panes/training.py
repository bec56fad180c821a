"""Training: the runs there are, how one gets on, and what it can be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.tool_button import ToolButton, primary_button
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS
from motionstudio.gui.training.progress import Phase, Progress
from motionstudio.gui.training.sheet_view import SheetView

if TYPE_CHECKING:
    from motionstudio.gui.training.loss_plot import LossPlot


class TrainingPane(QWidget):
    """Dumb: it shows a ``Progress`` and says what was pressed.

    Signals:
        trainRequested: begin a new run.
        runChosen: name of the run to show.
        pauseRequested, resumeRequested, keepRequested, discardRequested, useRequested: buttons.
    """

    trainRequested = Signal()
    runChosen = Signal(str)
    pauseRequested = Signal()
    resumeRequested = Signal()
    keepRequested = Signal()
    discardRequested = Signal()
    useRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Training")
        self.train = ToolButton("add", "Train a model on your clips")
        self.empty = EmptyState(
            "model", "Nothing is being trained", "A model that has seen your clips follows them "
            "more closely. Choose clips, see what it will cost, and watch it learn.", "Train…"
        )  # fmt: skip
        self.runs = QComboBox()
        self.state, self.words = QLabel(), MutedLabel()
        self.bar = QProgressBar()
        self.logarithmic = QCheckBox("Log axis")
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.sheet, self.look = SheetView(), QSlider(Qt.Orientation.Horizontal)
        self.clip = MutedLabel()
        self.pause = QPushButton("Pause")
        self.keep, self.discard = QPushButton("Stop and keep"), QPushButton()
        self.use = primary_button("Use it")
        self.plot: LossPlot | None = None
        self._progress: Progress | None = None
        self._folder = Path()
        self._lay_out()
        self._connect()
        self.set_runs((), "")

    def set_runs(self, names: tuple[str, ...], chosen: str) -> None:
        """Which runs there are, and which is shown."""
        listed = tuple(self.runs.itemText(place) for place in range(self.runs.count()))
        with QSignalBlocker(self.runs):
            if names != listed:  # Not while somebody chooses in an open list.
                self.runs.clear()
                self.runs.addItems(list(names))
            self.runs.setCurrentText(chosen)
        self._stack.setCurrentIndex(1 if names else 0)

    def set_use_reason(self, reason: str) -> None:
        """Why the model cannot be used now; empty where it can."""
        self.use.setEnabled(not reason)
        self.use.setToolTip(reason or "Encode the active clip with this model")

    def show_progress(self, progress: Progress, alive: bool, folder: Path) -> None:
        """Show how a run gets on; ``folder`` has its pictures."""
        self._progress, self._folder = progress, folder
        self.state.setText(state_text(progress))
        self.words.setText(f"{progress.words} {progress.hint}".strip())
        self.words.setVisible(bool(self.words.text()))
        self.bar.setRange(0, progress.steps if progress.steps or not alive else 0)
        self.bar.setValue(progress.step)
        self._show_plot()
        self._show_looks()
        self._show_buttons(progress, alive)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.plot is None:
            # pyqtgraph takes a quarter of a second to import: only those who look at it wait.
            from motionstudio.gui.training.loss_plot import LossPlot

            self.plot = LossPlot()
            self._room.addWidget(self.plot)
            self._set_manner()
        self._show_plot()

    def _show_plot(self) -> None:
        if self.plot is not None and self._progress is not None and self.isVisible():
            self.plot.set_points(self._progress.losses, self._progress.held_out)

    def _show_looks(self) -> None:
        looks = self._progress.looks if self._progress is not None else []
        at_end = self.look.value() == self.look.maximum()
        with QSignalBlocker(self.look):
            self.look.setRange(0, max(0, len(looks) - 1))
            if at_end:
                self.look.setValue(self.look.maximum())
        self.look.setEnabled(len(looks) > 1)
        self._show_look()

    def _show_look(self) -> None:
        looks = self._progress.looks if self._progress is not None else []
        for widget in (self.sheet, self.look, self.clip):
            widget.setVisible(bool(looks))
        if not looks:
            return
        chosen = looks[min(self.look.value(), len(looks) - 1)]
        self.sheet.set_path(self._folder / chosen.picture)
        kind = "never trained on" if chosen.held_out else "trained on"
        self.clip.setText(
            f"{chosen.clip} ({kind}), step {chosen.step}: RMSE {chosen.error:.4f}; at the start "
            f"{looks[0].error:.4f}, first frame held {chosen.still:.4f}"
        )

    def _show_buttons(self, progress: Progress, alive: bool) -> None:
        resting = progress.phase is Phase.PAUSED or not alive
        finished = progress.phase is Phase.FINISHED
        self.pause.setText("Go on" if resting else "Pause")
        self.pause.setVisible(not finished)
        self.keep.setVisible(alive and not finished)
        self.discard.setText("Remove…" if finished else "Discard…")
        self.discard.setToolTip(
            "Remove this run from the list; its model stays"
            if finished
            else "Stop, and delete this run"
        )
        self.use.setVisible(finished)

    def _press_pause(self) -> None:
        (self.resumeRequested if self.pause.text() == "Go on" else self.pauseRequested).emit()

    def _set_manner(self) -> None:
        if self.plot is not None:
            self.plot.set_manner(self.logarithmic.isChecked(), self.smoothing.value() / 100)

    def _connect(self) -> None:
        self.train.clicked.connect(self.trainRequested)
        self.empty.actionRequested.connect(self.trainRequested)
        self.runs.textActivated.connect(self.runChosen)
        self.pause.clicked.connect(self._press_pause)
        self.keep.clicked.connect(self.keepRequested)
        self.discard.clicked.connect(self.discardRequested)
        self.use.clicked.connect(self.useRequested)
        self.logarithmic.toggled.connect(self._set_manner)
        self.smoothing.valueChanged.connect(self._set_manner)
        self.look.valueChanged.connect(self._show_look)

    def _lay_out(self) -> None:
        self.header.add_tool(self.train)
        self._name()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        column.setSpacing(SPACE_S)
        for part in (self.runs, self.state, self.bar, self.words):
            column.addWidget(part)
        column.addLayout(self._buttons())
        for widget in (self.sheet, self.look, self.clip):
            column.addWidget(widget)
        self._room = QVBoxLayout()
        column.addLayout(self._room, 1)
        manner = QHBoxLayout()
        manner.addWidget(self.logarithmic)
        manner.addWidget(QLabel("Smooth"))
        manner.addWidget(self.smoothing, 1)
        column.addLayout(manner)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(page)

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(SPACE_XS)
        for place, button in enumerate((self.pause, self.keep, self.discard, self.use)):
            grid.addWidget(button, place // 2, place % 2)
        return grid

    def _name(self) -> None:
        self.runs.setAccessibleName("Run")
        self.runs.setToolTip("Which run is shown")
        # The pane may be as narrow as its neighbours.
        self.runs.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.state.setFont(font("caption", tabular=True))
        self.state.setWordWrap(True)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName("Steps done")
        self.logarithmic.setChecked(True)
        self.logarithmic.setToolTip("Losses on a logarithmic axis")
        self.smoothing.setRange(0, 99)
        self.smoothing.setValue(60)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("How far the curves are averaged over past steps")
        self.clip.setWordWrap(True)
        self.words.setWordWrap(True)
        self.look.setRange(0, 0)
        self.look.setAccessibleName("Earlier pictures")
        self.look.setToolTip("Drag to the left for earlier pictures")
        self.pause.setToolTip("Save the state and wait; or go on from there")
        self.keep.setToolTip("Stop now, and write a checkpoint of what was learned so far")
        self.discard.setText("Discard…")
        self.discard.setToolTip("Stop, and delete this run")
        self.set_use_reason("")


def state_text(progress: Progress) -> str:
    """Where a run stands, in one line."""
    words = [progress.phase.value]
    if progress.steps:
        words.append(f"step {progress.step} of {progress.steps}")
    if progress.phase is Phase.RUNNING:
        words += [f"{progress.speed:.1f} steps/s", f"{time_text(progress.left)} left"]
        words.append(f"learning rate {progress.rate:.2g}")
        if progress.waiting is not None:
            words.append(f"{progress.waiting:.0%} waiting for data")
    return " · ".join(words)


def time_text(seconds: float) -> str:
    """Seconds in words: the largest unit, rounded."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
