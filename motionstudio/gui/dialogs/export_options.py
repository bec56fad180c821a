"""Asks what to export, where to and how."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from motionstudio.document.subject import Subject
from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_HINTS = {
    ExportKind.MP4: "Plays everywhere; true frame times are kept.",
    ExportKind.GIF: "For pages and messages; 256 colours.",
    ExportKind.PNG: "A folder with one lossless picture for each frame.",
    ExportKind.NPZ: "frames, displacement, inverse, mean, std, kept and times for numpy.",
    ExportKind.CSV: "One line for each frame, one column for each dimension.",
    ExportKind.NIFTI: "The displacement field (dx, dy) over time, in mm where pixels have a size.",
}


class ExportDialog(QDialog):
    """What, where, which frames, which size.

    Args:
        subject: what is exported.
        play_range: frames of the play range, or None.
        folder: where to start, or empty for the user's home.
        parent: Qt parent.
    """

    def __init__(
        self,
        subject: Subject,
        play_range: tuple[int, int] | None,
        folder: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Export {subject.name}")
        self._subject = subject
        self._folder = Path(folder) if folder and Path(folder).is_dir() else Path.home()
        self.kind, self.scale = QComboBox(), QComboBox()
        self.path, self.browse = QLineEdit(), QPushButton("Choose…")
        self.first, self.last = QSpinBox(), QSpinBox()
        self.true_times, self.fps = QCheckBox("True frame times"), QDoubleSpinBox()
        self.loop = QCheckBox("Start again at the end")
        self.side_by_side = QCheckBox("True frame beside the generated one")
        self.hint = QLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._fill(play_range)
        self._lay_out()
        self._connect()
        self._refresh()

    def options(self) -> ExportOptions:
        """What was chosen."""
        kind = ExportKind(self.kind.currentData())
        return ExportOptions(
            kind,
            Path(self.path.text()).expanduser(),
            first=self.first.value(),
            last=self.last.value(),
            native=self.scale.currentData() == "native",
            fps=self.fps.value() if kind.is_film and not self.true_times.isChecked() else None,
            loop=self.loop.isChecked(),
            side_by_side=self.side_by_side.isChecked() and self._may_compare(kind),
        )

    def _fill(self, play_range: tuple[int, int] | None) -> None:
        last = len(self._subject.clip) - 1
        height, width = self._subject.clip.size
        for kind in ExportKind:
            self.kind.addItem(kind.label, kind.value)
        self.scale.addItem(f"Full: {width} × {height}", "native")
        self.scale.addItem("As small as the model sees it", "model")
        for box in (self.first, self.last):
            box.setRange(0, last)
        self.first.setValue(play_range[0] if play_range else 0)
        self.last.setValue(play_range[1] if play_range else last)
        self.true_times.setChecked(True)
        self.fps.setRange(0.1, 240)
        self.fps.setValue(min(max(self._subject.clip.fps, 0.1), 240))
        self.fps.setSuffix(" frames per second")
        self.loop.setChecked(True)
        self.hint.setProperty("muted", True)
        self.hint.setWordWrap(True)
        self.go.setProperty("primary", True)
        self._name()

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.addWidget(self.path, 1)
        place.addWidget(self.browse)
        frames = QHBoxLayout()
        frames.addWidget(self.first)
        frames.addWidget(QLabel("to"))
        frames.addWidget(self.last)
        frames.addStretch(1)
        rate = QHBoxLayout()
        rate.addWidget(self.true_times)
        rate.addWidget(self.fps)
        rate.addStretch(1)
        form = QFormLayout()
        form.setVerticalSpacing(SPACE_S)
        form.setHorizontalSpacing(SPACE_L)
        form.addRow("What", self.kind)
        form.addRow("", self.hint)
        form.addRow("Where", place)
        form.addRow("Frames", frames)
        form.addRow("Size", self.scale)
        form.addRow("Rate", rate)
        form.addRow("", self.loop)
        form.addRow("", self.side_by_side)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addLayout(form)
        column.addWidget(self.buttons)
        for widget, name in (
            (self.kind, "What to export"), (self.path, "Where to"), (self.first, "First frame"),
            (self.last, "Last frame"), (self.scale, "Size"), (self.fps, "Frames per second"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
        self.setMinimumWidth(560)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._name)
        self.kind.currentIndexChanged.connect(self._refresh)
        self.true_times.toggled.connect(self._refresh)
        self.path.textChanged.connect(self._refresh)
        self.first.valueChanged.connect(self.last.setMinimum)
        self.last.valueChanged.connect(self.first.setMaximum)
        self.browse.clicked.connect(self._choose)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _name(self) -> None:
        kind = ExportKind(self.kind.currentData())
        stem = f"{self._subject.name}_motion".replace("/", "_")
        typed = Path(self.path.text()) if self.path.text() else None
        folder = typed.parent if typed is not None else self._folder
        self.path.setText(str(folder / f"{stem}{kind.suffix}"))

    def _may_compare(self, kind: ExportKind) -> bool:
        return kind in (ExportKind.MP4, ExportKind.GIF, ExportKind.PNG)

    def _refresh(self) -> None:
        kind = ExportKind(self.kind.currentData())
        pictures, film = self._may_compare(kind), kind.is_film
        for widget, on, why in (
            (self.scale, kind.has_pictures, "A table has no size."),
            (self.first, kind.has_pictures, "The table holds all frames."),
            (self.last, kind.has_pictures, "The table holds all frames."),
            (self.true_times, film, "Only films have a rate."),
            (self.fps, film and not self.true_times.isChecked(), "True frame times are used."),
            (self.loop, kind is ExportKind.GIF, "Only a GIF says whether it starts again."),
            (self.side_by_side, pictures, "Only pictures can stand side by side."),
        ):
            widget.setEnabled(on)
            widget.setToolTip("" if on else why)
        self.hint.setText(_HINTS[kind])
        path = Path(self.path.text()).expanduser()
        there = path.parent.is_dir() and bool(path.name)
        exists = there and path.exists()
        self.go.setEnabled(there)
        self.go.setText("Replace" if exists and path.is_file() else "Export")
        self.go.setToolTip("" if there else "This folder does not exist.")

    def _choose(self) -> None:
        kind = ExportKind(self.kind.currentData())
        shown = f"{kind.label} (*{kind.suffix})" if kind.suffix else ""
        name, _ = QFileDialog.getSaveFileName(self, "Export to", self.path.text(), shown)
        if name:
            self.path.setText(name)


def ask_export_options(
    subject: Subject, play_range: tuple[int, int] | None, folder: str, parent: QWidget
) -> ExportOptions | None:
    """Ask; None: do not export."""
    dialog = ExportDialog(subject, play_range, folder, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    options = dialog.options() if accepted else None
    dialog.deleteLater()
    return options
