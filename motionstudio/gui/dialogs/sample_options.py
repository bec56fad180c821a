"""Asks how a new motion is to be drawn."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QWidget,
)

from motionstudio.gui.theme.tokens import SPACE_L


@dataclass(frozen=True, slots=True)
class SampleChoice:
    """How to draw: ``mode`` learned or prior, ``temperature`` >= 0, ``seed``."""

    mode: str
    temperature: float
    seed: int


class SampleDialog(QDialog):
    """Mode, temperature and seed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New motion")
        self.mode, self.temperature, self.seed = QComboBox(), QDoubleSpinBox(), QSpinBox()
        self.mode.addItem("Like the motions it was trained on", "learned")
        self.mode.addItem("From the prior over time", "prior")
        self.temperature.setRange(0.0, 3.0)
        self.temperature.setSingleStep(0.1)
        self.temperature.setValue(1.0)
        self.temperature.setToolTip("0: the mean motion; 1: the spread that was learned")
        self.seed.setRange(0, 1_000_000)
        self.seed.setValue(1)
        self.seed.setToolTip("Equal seeds give equal motions")
        form = QFormLayout(self)
        form.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        for name, widget in (
            ("Draw", self.mode),
            ("Temperature", self.temperature),
            ("Seed", self.seed),
        ):
            widget.setAccessibleName(name)
            form.addRow(name, widget)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        draw = buttons.addButton("Draw", QDialogButtonBox.ButtonRole.AcceptRole)
        draw.setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def choice(self) -> SampleChoice:
        """What was chosen."""
        return SampleChoice(
            str(self.mode.currentData()), self.temperature.value(), self.seed.value()
        )


def ask_sample_options(parent: QWidget) -> SampleChoice | None:
    """Ask; None: draw nothing."""
    dialog = SampleDialog(parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    choice = dialog.choice() if accepted else None
    dialog.deleteLater()
    return choice
