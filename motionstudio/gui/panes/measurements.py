"""Measurements: area and strain of labels that motion carries along, over time."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.region_chart import RegionChart, Series
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S

_GUTTER = 58
AREA, STRAIN = "area", "strain"
_QUANTITIES = ((AREA, "Area"), (STRAIN, "Strain (Green–Lagrange)"))


class Measurements(QWidget):
    """Which label, which quantity, the curve, what it comes to in words.

    Signals:
        labelChanged: the label that was chosen.
        quantityChanged: ``area`` or ``strain``.
        frameChanged: the frame whose labels are carried along.
        loadRequested, copyRequested: the two buttons.
        scrubbed: go to this frame. ``stepRequested``: go on by so many.
        hovered: read-out for the status bar.
    """

    labelChanged = Signal(int)
    quantityChanged = Signal(str)
    frameChanged = Signal(int)
    loadRequested = Signal()
    copyRequested = Signal()
    scrubbed = Signal(int)
    stepRequested = Signal(int)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Measurements")
        self.load = ToolButton("open", "Load labels from a file (NIfTI or .npz)")
        self.copy = ToolButton("export", "Copy the table for a spreadsheet")
        self.label, self.quantity, self.frame = QComboBox(), QComboBox(), QComboBox()
        self.axis = TimeAxis(self)
        self.axis.set_gutter(_GUTTER)
        self.chart = RegionChart(self.axis)
        self.words = QLabel()
        for value, text in _QUANTITIES:
            self.quantity.addItem(text, value)
        self._lay_out()
        self._connect()
        self.set_message("")

    def set_labels(self, labels: tuple[tuple[int, str], ...], chosen: int) -> None:
        """The labels (value, name) that can be measured, and which one is."""
        with QSignalBlocker(self.label):
            self.label.clear()
            for value, name in labels:
                self.label.addItem(name, value)
            self.label.setCurrentIndex(max(0, self.label.findData(chosen)))
        self.label.setEnabled(bool(labels))
        none = "" if labels else "\nThis clip has no labels; View › Overlays loads some."
        self.label.setToolTip(f"{self.label.accessibleName()}{none}")

    def set_frames(self, frames: tuple[int, ...], chosen: int) -> None:
        """The frames that carry labels of their own, and whose are carried along."""
        with QSignalBlocker(self.frame):
            self.frame.clear()
            for frame in frames:
                self.frame.addItem(f"frame {frame}", frame)
            self.frame.setCurrentIndex(max(0, self.frame.findData(chosen)))
        self.frame.setEnabled(len(frames) > 1)
        one = (
            ""
            if len(frames) > 1
            else "\nOnly one frame has labels."
            if frames
            else ("\nThis clip has no labels.")
        )
        self.frame.setToolTip(f"{self.frame.accessibleName()}{one}")

    def set_quantity(self, quantity: str) -> None:
        """Choose ``area`` or ``strain``."""
        with QSignalBlocker(self.quantity):
            self.quantity.setCurrentIndex(self.quantity.findData(quantity))

    def set_series(self, series: tuple[Series, ...], unit: str, words: str, *, zero: bool) -> None:
        """Curves of one unit, and what they come to in words; ``zero``: scale from 0."""
        self.chart.set_series(series, unit, from_zero=zero)
        self.chart.setAccessibleDescription(words)
        self.words.setText(words)

    def set_message(self, text: str) -> None:
        """Say why there is nothing to measure; empty: what the pane is for."""
        empty = "Open a clip with labels, or load labels, to see their area and strain over time."
        self.chart.set_series((), "", from_zero=True)
        self.chart.set_message(text or empty)
        self.words.setText("")
        self.copy.set_reason("There is nothing to copy yet.")

    def set_current(self, frame: int) -> None:
        """Move the playhead."""
        self.chart.set_current(frame)

    def _lay_out(self) -> None:
        self.header.add_tool(self.load)
        self.header.add_tool(self.copy)
        self.words.setWordWrap(True)
        self.words.setFont(font("caption", tabular=True))
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        select = Qt.TextInteractionFlag.TextSelectableByMouse
        self.words.setTextInteractionFlags(select)
        below = QHBoxLayout()
        below.setContentsMargins(SPACE_S, 0, SPACE_S, SPACE_S)
        below.addWidget(self.words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.header)
        column.addLayout(self._form())
        column.addWidget(self.chart, 3)
        column.addLayout(below, 1)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        names = ("Label", "Measure", "Labels of")
        tips = ("Which label to measure", "What to measure", "Whose labels the motion carries")
        for name, tip, box in zip(
            names, tips, (self.label, self.quantity, self.frame), strict=True
        ):
            box.setAccessibleName(tip)
            box.setToolTip(tip)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(8)
            form.addRow(name, box)
        return form

    def _connect(self) -> None:
        self.label.activated.connect(self._tell_label)
        self.quantity.activated.connect(self._tell_quantity)
        self.frame.activated.connect(self._tell_frame)
        self.load.clicked.connect(self.loadRequested)
        self.copy.clicked.connect(self.copyRequested)
        self.chart.scrubbed.connect(self.scrubbed)
        self.chart.stepRequested.connect(self.stepRequested)
        self.chart.hovered.connect(self.hovered)

    def _tell_label(self, _index: int) -> None:
        self.labelChanged.emit(int(self.label.currentData()))

    def _tell_quantity(self, _index: int) -> None:
        self.quantityChanged.emit(str(self.quantity.currentData()))

    def _tell_frame(self, _index: int) -> None:
        self.frameChanged.emit(int(self.frame.currentData()))
