"""Asks what to train on which clips, and says beforehand what it will cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QVBoxLayout, QWidget
from typing_extensions import override

from motionstudio.core.picture import Fit
from motionstudio.document.subject import Subject
from motionstudio.gui.items.grouped_choice import Choice, fill
from motionstudio.gui.panes.training import time_text
from motionstudio.gui.theme.scale import open_at
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M
from motionstudio.gui.training.costing import Costing
from motionstudio.gui.training.form import TrainForm
from motionstudio.gui.training.material import write_subjects
from motionstudio.gui.training.reasons import explain
from motionstudio.io import readable_suffixes
from motionstudio.models.base import ModelCard
from motionstudio.training.own_clips import (
    Wish,
    held_out,
    recipe_for,
    why_not,
)
from motionstudio.training.own_systems import known, sizes
from motionstudio.training.recipe import Recipe

_SETTLED_MS = 400

Submit = Callable[[Callable[[], Any], Callable[[Any], None]], None]


@dataclass(frozen=True, slots=True, eq=False)
class TrainChoice:
    """What was chosen: subjects to write into the run's folder, files, and the rest of a wish."""

    subjects: tuple[Subject, ...]
    files: tuple[Path, ...]
    template: ModelCard
    go_on: bool
    steps: int
    generated: bool
    name: str
    size: int = 0
    fit: Fit = "crop"
    every: int = 5
    augment: float = 0.5
    stops: bool = False

    def recipe(self, written: Sequence[Path]) -> Recipe:
        """The recipe, once the subjects are files.

        Raises:
            MotionStudioError: nothing was chosen.
        """
        files = (*written, *self.files)
        return recipe_for(
            Wish(
                self.name,
                files,
                self.template,
                self.go_on,
                self.steps,
                self.generated,
                size=self.size,
                fit=self.fit,
                every=self.every,
                augment=self.augment,
                stops=self.stops,
            )
        )


class TrainDialog(QDialog):
    """Clips at the left, what is done with them at the right, what it costs below.

    Args:
        subjects: open ones.
        active: id of the one that is checked first.
        cards: checkpoints; those without a recipe are left out.
        model: name of the one chosen first.
        free_name: makes a name that no run or checkpoint has.
        scratch: an empty folder for the measurement, whose owner removes it.
        submit: does work in the background and delivers its result, or the error.
        parent: the window.
    """

    def __init__(
        self,
        subjects: Sequence[Subject],
        active: str,
        cards: Sequence[ModelCard],
        model: str,
        free_name: Callable[[str], str],
        scratch: Path,
        submit: Submit,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Train a model on your clips")
        self.setAcceptDrops(True)
        self.form, self.costing = TrainForm(), Costing(self)
        self._free_name, self._scratch, self._submit = free_name, scratch, submit
        self._asked = 0
        self._cards = {card.name: card for card in cards if not why_not(card)}
        self._seconds = self._looking = self._memory = 0.0
        self._facts = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED_MS)
        self._lay_out()
        self._fill(subjects, active, model)
        self._connect()
        self._refresh()

    def choice(self) -> TrainChoice | None:
        """What is chosen now; None while there are no clips or no model."""
        card = self._cards.get(str(self.form.model.currentData()))
        chosen = self.form.chosen()
        if card is None or not chosen:
            return None
        return TrainChoice(
            tuple(one for one in chosen if isinstance(one, Subject)),
            tuple(Path(one) for one in chosen if isinstance(one, str)),
            card,
            self.form.go_on.isChecked(),
            self.form.steps.value(),
            self.form.generated.isChecked(),
            self._free_name(self.form.name.text()),
            int(self.form.pixels.currentData() or 0),
            self.form.fit.currentData(),
            int(self.form.every.currentData()),
            float(self.form.augment.currentData()),
            self.form.stops.isChecked(),
        )

    def done(self, result: int) -> None:
        """Close, and end a measurement."""
        self._timer.stop()
        self._ask_no_more()
        super().done(result)

    def _fill(self, subjects: Sequence[Subject], active: str, model: str) -> None:
        form = self.form
        for one in subjects:
            if len(one.clip) > 1 and not one.held:
                form.add_clip(f"{one.name} · {len(one.clip)} frames", one, one.id == active,
                              "Open in the studio, cropped as its model sees it")  # fmt: skip
                if one.id == active:
                    form.name.setText(self._free_name(one.name))
        chosen = self._cards.get(model) or next(iter(self._cards.values()), None)
        for system in sorted({card.system for card in self._cards.values()}, key=_system_name):
            form.system.addItem(_system_name(system), system)
        if chosen is not None:
            form.system.setCurrentIndex(form.system.findData(chosen.system))
            self._list_models(chosen.name)
        form.name.setText(form.name.text() or self._free_name("mine"))

    def _lay_out(self) -> None:
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Cancel)
        role = QDialogButtonBox.ButtonRole.AcceptRole
        self.train = self.buttons.addButton("Train", role)
        self.train.setProperty("primary", True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self.form, 1)
        column.addWidget(self.buttons)
        open_at(self, 900, 560)

    def _connect(self) -> None:
        form = self.form
        form.clips.itemChanged.connect(self._refresh)
        form.system.currentIndexChanged.connect(partial(self._list_models, ""))
        form.model.currentIndexChanged.connect(self._on_model)
        for box in (form.fit, form.every, form.augment, form.pixels):
            box.activated.connect(self._refresh)
        form.stops.toggled.connect(self._refresh)
        form.go_on.toggled.connect(self._refresh)
        form.generated.toggled.connect(self._refresh)
        form.effort.activated.connect(self._on_effort)
        form.steps.valueChanged.connect(self._on_steps)
        form.add_files.clicked.connect(self._ask_files)
        form.add_folder.clicked.connect(self._ask_folder)
        self._timer.timeout.connect(self._measure)
        self.costing.measured.connect(self._on_measured)
        self.costing.failed.connect(self._on_failed)

    def _list_models(self, name: str, _row: int = 0) -> None:
        """The checkpoints of the chosen system, ``name`` or the first of them chosen."""
        system = self.form.system.currentData()
        cards = [card for card in self._cards.values() if card.system == system]
        with QSignalBlocker(self.form.model):
            fill(
                self.form.model,
                [Choice(f"{c.name} · {c.title}", c.name, c.family, c.summary) for c in cards],
            )
            first = name or (cards[0].name if cards else "")
            self.form.model.setCurrentIndex(self.form.model.findData(first))
        self._on_model()

    def _on_model(self, _row: int = 0) -> None:
        card = self._cards.get(str(self.form.model.currentData()))
        self.form.pixels.clear()
        for size in sizes(card) if card is not None else ():
            self.form.pixels.addItem(f"{size} × {size} pixels", size)
        self.form.pixels.setCurrentIndex(self.form.pixels.findData(card.size if card else 0))
        self._refresh()

    def _refresh(self, _what: object = None) -> None:
        explain(self.form, self._cards.get(str(self.form.model.currentData())))
        choice = self.choice()
        self.train.setEnabled(choice is not None)
        self.form.split.setText(self._split_words())
        self._seconds = 0.0
        self._ask_no_more()
        if choice is None:
            self._timer.stop()
            why = "Choose at least one clip." if self._cards else "No model here can be trained on."
            self.form.cost.setText(why)
            self.train.setToolTip(why)
        else:
            self.train.setToolTip("Begin; the window stays free")
            self.form.cost.setText("Measuring on this machine…")
            self._timer.start()

    def _split_words(self) -> str:
        count, every = len(self.form.chosen()), int(self.form.every.currentData())
        left_out = len(held_out(count, every))
        if not left_out and count > 1:
            return "All clips are trained on: how it does on new ones will not be known."
        if not left_out:
            return "A single clip is trained on whole; with more, some are only looked at."
        one = "1 clip is" if left_out == 1 else f"{left_out} clips are"
        return f"{one} only looked at, never trained on, to see how it does on new ones."

    def _on_effort(self) -> None:
        steps = int(self.form.effort.currentData())
        if steps:
            self.form.steps.setValue(steps)

    def _on_steps(self, steps: int) -> None:
        place = self.form.effort.findData(steps)
        self.form.effort.setCurrentIndex(place if place >= 0 else self.form.effort.count() - 1)
        self._show_cost()

    def _measure(self) -> None:
        choice = self.choice()
        if choice is None:
            return
        one = choice.subjects[:1]
        asked = self._asked

        def ask(written: tuple[Path, ...] | Exception) -> None:
            if asked != self._asked:
                return  # Something else is chosen now, or the dialog is gone.
            if isinstance(written, Exception):
                self._on_failed(f"The clip cannot be read: {written}")
            else:
                self.costing.ask(choice.recipe(written))

        self._submit(partial(write_subjects, one, self._scratch), ask)

    def _ask_no_more(self) -> None:
        self._asked += 1
        self.costing.stop()

    def _on_measured(
        self, seconds: float, looking: float, memory: float, weights: int, device: str
    ) -> None:
        self._seconds, self._looking, self._memory = seconds, looking, memory
        self._facts = f"{weights:,} weights, on {device}"
        self._show_cost()

    def _show_cost(self) -> None:
        if self._seconds:
            steps = self.form.steps.value()
            memory = f" {self._memory / 1024:.1f} GB of memory." if self._memory else ""
            looking = f", {time_text(self._looking)} to show clips" if self._looking else ""
            self.form.cost.setText(
                f"About {time_text(steps * self._seconds + self._looking)}: {steps:,} steps of "
                f"{self._seconds:.2g} s{looking}.{memory} {self._facts}."
            )

    def _on_failed(self, words: str) -> None:
        self.form.cost.setText(words)
        self.train.setEnabled(False)
        self.train.setToolTip(words)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.add_files([path for one in paths for path in _files_of(one)])

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Add clips to train on")
        self.add_files([Path(name) for name in names])

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Add the clips of a folder")
        if name:
            self.add_files(_files_of(Path(name)))

    def add_files(self, files: Sequence[Path]) -> None:
        """Add files to the list, checked."""
        for path in files:
            self.form.add_clip(path.name, str(path), True, str(path))
        self._refresh()


def _files_of(path: Path) -> list[Path]:
    """A file itself, or the readable files of a folder."""
    if not path.is_dir():
        return [path]
    suffixes = readable_suffixes()
    return [one for one in sorted(path.iterdir()) if one.name.lower().endswith(suffixes)]


def _system_name(system: str) -> str:
    return known(system).name
