"""Asks how glimpses are to be drawn anew, and what a drawing is to become."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from motionstudio.gui.theme.tokens import SPACE_L


@dataclass(frozen=True, slots=True)
class RedrawChoice:
    """``seed`` of the draw and ``spread`` >= 0, times that of the prior."""

    seed: int
    spread: float


class RedrawDialog(QDialog):
    """Seed and spread of glimpses that are drawn anew."""

    def __init__(self, start: int, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Resample from here")
        self.seed, self.spread = QSpinBox(), QDoubleSpinBox()
        self.seed.setRange(0, 1_000_000)
        self.seed.setValue(1)
        self.seed.setToolTip("Equal seeds give equal strokes")
        self.spread.setRange(0.0, 3.0)
        self.spread.setSingleStep(0.1)
        self.spread.setValue(1.0)
        self.spread.setToolTip("0: the likeliest stroke each time; 1: the spread of the prior")
        which = f"Glimpse {start}" if start == count - 1 else f"Glimpses {start} to {count - 1}"
        form = _form(self, (("Seed", self.seed), ("Spread", self.spread)))
        _finish(self, form, "Resample", f"{which} are drawn anew from the model's prior.")

    def choice(self) -> RedrawChoice:
        """What was chosen."""
        return RedrawChoice(self.seed.value(), self.spread.value())


@dataclass(frozen=True, slots=True)
class MorphChoice:
    """Id of the drawing to become, and how many pictures it takes."""

    other: str
    count: int


class MorphDialog(QDialog):
    """Which drawing, and in how many pictures.

    Args:
        names: (id, name) of the drawings to choose from, at least one.
        parent: Qt parent.
    """

    def __init__(self, names: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Morph into")
        self.other, self.count = QComboBox(), QSpinBox()
        for subject_id, name in names:
            self.other.addItem(name, subject_id)
        self.other.setToolTip("The drawing that the last picture is")
        self.count.setRange(2, 64)
        self.count.setValue(16)
        self.count.setToolTip("How many pictures lead there, both ends included")
        form = _form(self, (("Into", self.other), ("Pictures", self.count)))
        _finish(self, form, "Morph", "A new clip; every glimpse goes straight to its counterpart.")

    def choice(self) -> MorphChoice:
        """What was chosen."""
        return MorphChoice(str(self.other.currentData()), self.count.value())


def ask_redraw(start: int, count: int, parent: QWidget) -> RedrawChoice | None:
    """Ask; None: leave the strokes as they are."""
    dialog = RedrawDialog(start, count, parent)
    choice = dialog.choice() if dialog.exec() == QDialog.DialogCode.Accepted else None
    dialog.deleteLater()
    return choice


def ask_morph(names: tuple[tuple[str, str], ...], parent: QWidget) -> MorphChoice | None:
    """Ask; None: make nothing."""
    dialog = MorphDialog(names, parent)
    choice = dialog.choice() if dialog.exec() == QDialog.DialogCode.Accepted else None
    dialog.deleteLater()
    return choice


def _form(dialog: QDialog, rows: tuple[tuple[str, QWidget], ...]) -> QFormLayout:
    form = QFormLayout(dialog)
    form.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
    for name, widget in rows:
        widget.setAccessibleName(name)
        form.addRow(name, widget)
    return form


def _finish(dialog: QDialog, form: QFormLayout, verb: str, words: str) -> None:
    note = QLabel(words)
    note.setProperty("muted", True)
    note.setWordWrap(True)
    form.addRow(note)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    do = buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
    do.setProperty("primary", True)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    form.addRow(buttons)
