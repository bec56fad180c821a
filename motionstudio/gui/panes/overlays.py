"""Overlays: onion skin, fields, labels and trails: what is drawn into the pictures, and how."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from motionstudio.core.counting import counted
from motionstudio.document.viewports import ViewportSettings
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.pane_layout import scrolling, under_header
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

_MODES = (("frames", "frames"), ("keyed", "keyed or edited frames"), ("selected", "selected"))


class ColourButton(QPushButton):
    """A colour to choose; its name is its text, so that it is told not by colour alone.

    Signals:
        colourChosen: ``#rrggbb``.
    """

    colourChosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = "#000000"
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.clicked.connect(self._ask)

    def set_colour(self, name: str) -> None:
        """Show another colour."""
        self._colour = name
        ink = "#101114" if QColor(name).lightnessF() > 0.5 else "#ffffff"
        self.setText(name)
        self.setStyleSheet(
            f"QPushButton:enabled {{ background: {name}; color: {ink}; }}"
            f"QPushButton:disabled {{ border: 2px solid {name}; }}"
        )

    def _ask(self) -> None:
        chosen = QColorDialog.getColor(
            QColor(self._colour),
            self,
            self.accessibleName(),
            QColorDialog.ColorDialogOption.DontUseNativeDialog,
        )
        if chosen.isValid():
            self.colourChosen.emit(chosen.name())


class Overlays(QWidget):
    """Controls for everything that is drawn into pictures; each acts at once.

    Signals:
        settingChanged: a field of ``ViewportSettings`` and its new value.
        onionChanged: a field of ``OnionSkin`` and its new value.
        placingToggled: clicks in viewports are to place points, or not.
        clearRequested: take all tracked points away.
        copyRequested: put the table of tracked points on the clipboard.
    """

    settingChanged = Signal(str, object)
    onionChanged = Signal(str, object)
    placingToggled = Signal(bool)
    clearRequested = Signal()
    copyRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Overlays")
        self._fields: dict[str, Any] = {}
        self._onion: dict[str, Any] = {}
        self.placing = QPushButton("Place points")
        self.clear = QPushButton("Clear")
        self.copy = QPushButton("Copy table")
        self.count = QLabel()
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        self._column.setSpacing(SPACE_XS)
        self._build_onion()
        self._build_fields()
        self._build_labels()
        self._build_trails()
        self._build_windows()
        self._build_view()
        self._column.addStretch(1)
        self._lay_out(body)
        self.set_points(0)

    def _lay_out(self, body: QWidget) -> None:
        page = scrolling(body, "Settings of what is drawn into pictures")
        under_header(self, self.header, page)

    def set_settings(self, settings: ViewportSettings) -> None:
        """Show what is set."""
        for name, widget in self._fields.items():
            _put(widget, getattr(settings, name))
        for name, widget in self._onion.items():
            _put(widget, getattr(settings.onion, name))
            widget.setEnabled(name == "on" or settings.onion.on)
            if name != "on":
                off = "" if settings.onion.on else "\nSwitch the onion skin on first."
                widget.setToolTip(widget.accessibleName() + off)

    def set_points(self, count: int) -> None:
        """How many points the active subject has."""
        self.count.setText(counted(count, "point"))
        for button, tip in (
            (self.clear, "Take all points away"),
            (self.copy, "Copy the paths of all points as a table"),
        ):
            button.setEnabled(bool(count))
            button.setToolTip(tip if count else f"{tip}\nThere are no points yet.")

    def set_placing(self, on: bool, reason: str = "") -> None:
        """Whether clicks place points, and why they cannot."""
        with QSignalBlocker(self.placing):
            self.placing.setChecked(on)
        self.placing.setEnabled(not reason)
        tip = "Click in a viewport to mark material; click a mark to take it away"
        self.placing.setToolTip(f"{tip}\n{reason}" if reason else tip)

    def _build_onion(self) -> None:
        self._title("Onion skin")
        self._add_check(self._onion, "on", "Show ghosts of other frames")
        mode = QComboBox()
        for value, text in _MODES:
            mode.addItem(text, value)
        rows: tuple[tuple[str, str, QWidget], ...] = (
            ("mode", "Count", mode),
            ("before", "Before", _spin(0, 20)),
            ("after", "After", _spin(0, 20)),
            ("step", "Every", _spin(1, 50)),
            ("before_colour", "Earlier", ColourButton("Colour of earlier ghosts")),
            ("after_colour", "Later", ColourButton("Colour of later ghosts")),
        )
        tips = {
            "mode": "What the onion skin counts: frames, keyed or edited ones, or selected ones",
            "before": "How many ghosts of earlier times",
            "after": "How many ghosts of later times",
            "step": "Every how many of them a ghost",
        }
        self._form(self._onion, rows, tips)
        self._add_check(self._onion, "fade", "Fade with distance")
        self._add_check(self._onion, "loop", "Loop at the ends")

    def _build_fields(self) -> None:
        self._title("Displacement")
        scale, limit = _real(0.25, 8.0, 0.25), _real(0.0, 500.0, 0.5)
        scale.setPrefix("× ")
        limit.setSuffix(" px")
        limit.setSpecialValueText("automatic")
        rows: tuple[tuple[str, str, QWidget], ...] = (
            ("density", "Density", _spin(4, 64)),
            ("arrow_scale", "Arrow length", scale),
            ("magnitude_limit", "Magnitude to", limit),
        )
        tips = {
            "density": "Grid lines, arrows or streamlines across the longer side of the picture",
            "arrow_scale": "Length of arrows, times the true one",
            "magnitude_limit": "Displacement at the top of the scale of magnitudes",
        }
        self._form(self._fields, rows, tips)

    def _build_labels(self) -> None:
        self._title("Labels")
        self._add_check(self._fields, "labels", "Show label outlines")

    def _build_trails(self) -> None:
        self._title("Tracked points")
        self._add_check(self._fields, "trails", "Show trails of points")
        self.placing.setCheckable(True)
        self.count.setFont(font("caption", tabular=True))
        self.count.setProperty("muted", True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_XS)
        for button in (self.placing, self.clear, self.copy):
            button.setAccessibleName(button.text())
        row.addWidget(self.clear)
        row.addWidget(self.copy)
        row.addStretch(1)
        self._column.addWidget(self.placing)
        self._column.addLayout(row)
        self._column.addWidget(self.count)
        self.placing.toggled.connect(self.placingToggled)
        self.clear.clicked.connect(self.clearRequested)
        self.copy.clicked.connect(self.copyRequested)

    def _build_view(self) -> None:
        self._title("Viewports")
        self._add_check(self._fields, "linked", "Zoom and pan together")
        self._add_check(self._fields, "cross_hair", "Cross-hair in all of them")
        self._add_check(self._fields, "smooth", "Smooth between pixels")

    def set_windows_reason(self, reason: str) -> None:
        """Why there are no windows of glimpses to show; empty where there are."""
        box = self._fields["windows"]
        box.setEnabled(not reason)
        tip = "Blue: where the model looks before a glimpse. Red: where the glimpse draws"
        box.setToolTip(f"{tip}\n{reason}" if reason else tip)

    def _build_windows(self) -> None:
        self._title("Glimpses")
        self._add_check(self._fields, "windows", "Show where it looks and draws")
        self.set_windows_reason("")

    def _title(self, text: str) -> None:
        label = QLabel(text)
        label.setFont(font("caption"))
        label.setProperty("muted", True)
        label.setContentsMargins(0, SPACE_S, 0, 0)
        self._column.addWidget(label)

    def _add_check(self, group: dict[str, Any], name: str, text: str) -> None:
        box = QCheckBox(text)
        box.setAccessibleName(text)
        box.setToolTip(text)
        box.setObjectName(name)
        self._column.addWidget(box)
        group[name] = box
        box.toggled.connect(self._tell)

    def _form(
        self,
        group: dict[str, Any],
        rows: tuple[tuple[str, str, QWidget], ...],
        tips: dict[str, str],
    ) -> None:
        form = QFormLayout()
        form.setSpacing(SPACE_XS)
        for name, text, widget in rows:
            widget.setObjectName(name)
            tip = tips.get(name) or widget.toolTip()
            widget.setAccessibleName(tip)
            widget.setToolTip(tip)
            form.addRow(text, widget)
            group[name] = widget
            if isinstance(widget, QComboBox):
                widget.setMinimumContentsLength(6)
                policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
                widget.setSizeAdjustPolicy(policy)
                widget.activated.connect(self._tell)
            elif isinstance(widget, QSpinBox | QDoubleSpinBox):
                widget.valueChanged.connect(self._tell)
            elif isinstance(widget, ColourButton):
                widget.colourChosen.connect(self._tell)
        self._column.addLayout(form)

    def _tell(self, value: object) -> None:
        sender = self.sender()
        name = "" if not isinstance(sender, QObject) else sender.objectName()
        if isinstance(sender, QComboBox):
            value = sender.currentData()
        group = self._onion if self._onion.get(name) is sender else self._fields
        (self.onionChanged if group is self._onion else self.settingChanged).emit(name, value)


def _spin(low: int, high: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    return box


def _real(low: float, high: float, step: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setDecimals(2)
    return box


def _put(widget: Any, value: object) -> None:
    with QSignalBlocker(widget):
        if isinstance(widget, QCheckBox):
            widget.setChecked(bool(value))
        elif isinstance(widget, QComboBox):
            widget.setCurrentIndex(widget.findData(value))
        elif isinstance(widget, ColourButton):
            widget.set_colour(str(value))
        else:
            widget.setValue(value)
