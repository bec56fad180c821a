"""Asks how a figure is to be written: where, how large, with what on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from motionstudio.gui.items.figure import FigureOptions
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_L

_FORMATS = (("PNG: pixels", ".png"), ("SVG: overlays and words as vectors", ".svg"))


@dataclass(frozen=True, slots=True)
class FigureChoice:
    """Where and how: all viewports that are shown with ``every``, else the active one."""

    path: Path
    options: FigureOptions
    every: bool


class FigureDialog(QDialog):
    """Place, format, scale and additions of a figure.

    Args:
        place: proposed file.
        shown: number of viewports on screen.
        parent: owner.
    """

    def __init__(self, place: Path, shown: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export figure")
        self.place, self.format, self.which = QLineEdit(str(place)), QComboBox(), QComboBox()
        self.scale = QSpinBox()
        self.scale.setRange(1, 8)
        self.scale.setValue(4)
        self.scale.setSuffix(" ×")
        for text, suffix in _FORMATS:
            self.format.addItem(text, suffix)
        self.which.addItem("The viewport that was clicked last", False)
        self.which.addItem("All viewports that are shown, side by side", True)
        self.which.setCurrentIndex(int(shown > 1))
        self.additions = {
            "overlays": QCheckBox("Lines, arrows, outlines and trails"),
            "scale_bar": QCheckBox("Scale bar (mm where the spacing is known)"),
            "legend": QCheckBox("Legend below the picture"),
            "titles": QCheckBox("Name of the content"),
            "frame": QCheckBox("Frame number"),
            "smooth": QCheckBox("Blend enlarged pixels"),
        }
        for name, box in self.additions.items():
            box.setChecked(name != "smooth")
            box.setAccessibleName(box.text())
        self._lay_out()
        self.format.activated.connect(self._on_format)

    def choice(self) -> FigureChoice:
        """What was chosen."""
        on = {name: box.isChecked() for name, box in self.additions.items()}
        options = FigureOptions(
            scale=self.scale.value(),
            scale_bar=on["scale_bar"],
            legend=on["legend"],
            titles=on["titles"] or on["frame"],
            overlays=on["overlays"],
            smooth=on["smooth"],
            frame="frame" if on["frame"] else "",
        )
        path = Path(self.place.text()).with_suffix(str(self.format.currentData()))
        return FigureChoice(path, options, bool(self.which.currentData()))

    def _lay_out(self) -> None:
        browse = QPushButton("Browse…")
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        row.addWidget(browse)
        form = QFormLayout(self)
        form.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        form.addRow("File", row)
        for name, widget in (
            ("Format", self.format),
            ("Show", self.which),
            ("Enlarged", self.scale),
        ):
            widget.setAccessibleName(name)
            form.addRow(name, widget)
        self.place.setAccessibleName("File")
        self.place.setMinimumWidth(scaled(360))
        self.scale.setToolTip("1 ×: the picture's own pixels, exactly")
        for box in self.additions.values():
            form.addRow("", box)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        write = buttons.addButton("Write", QDialogButtonBox.ButtonRole.AcceptRole)
        write.setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def _on_format(self, _index: int) -> None:
        suffix = str(self.format.currentData())
        self.place.setText(str(Path(self.place.text()).with_suffix(suffix)))

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Export figure", self.place.text(), "PNG (*.png);;SVG (*.svg)"
        )
        if name:
            self.place.setText(name)
            self.format.setCurrentIndex(int(Path(name).suffix.lower() == ".svg"))


def ask_figure_options(place: Path, shown: int, parent: QWidget | None) -> FigureChoice | None:
    """Show the dialog; None when it was cancelled."""
    dialog = FigureDialog(place, shown, parent)
    try:
        return dialog.choice() if dialog.exec() else None
    finally:
        dialog.deleteLater()
