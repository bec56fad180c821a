"""The fields of the export dialog and how they lie; what they mean is said elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from motionstudio.core.upsampling import FACTORS
from motionstudio.export import LARGEST, SMALLEST, ExportKind, Group, Panel, why_not
from motionstudio.gui.dialogs.export_choices import PRESETS
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS

NONE = ""


class ExportForm(QWidget):
    """Every field, named and with a tooltip.

    Args:
        last: last frame of the clip.
        parent: owner.
    """

    def __init__(self, last: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset, self.kind = QComboBox(), QComboBox()
        self.everyone = QCheckBox("All open subjects, one file each")
        self.path, self.browse = QLineEdit(), QPushButton("Choose…")
        self.first, self.last = QSpinBox(), QSpinBox()
        self.true_times, self.fps = QCheckBox("True frame times"), QDoubleSpinBox()
        self.between = QComboBox()
        self.plays, self.ping_pong = QSpinBox(), QCheckBox("Forth and back")
        self.pixels, self.scale = QComboBox(), QSpinBox()
        self.left, self.middle, self.right = QComboBox(), QComboBox(), QComboBox()
        self.number, self.drops = QCheckBox("Frame number"), QCheckBox("Mark dropped frames")
        self.titles, self.show_ai = QCheckBox("Titles"), QCheckBox("“AI-generated”")
        self.mark_ai = QCheckBox("Say in the file that it is AI-generated")
        self.crop_only = QCheckBox("Crop only")
        self.sound = QCheckBox("Sound of the driving clip")
        self.hint, self.outlook, self.silence = QLabel(), QLabel(), QLabel()
        self.command, self.copy = QLineEdit(), QPushButton("Copy")
        self._fill(last)
        self._name()
        self._lay_out()

    def _fill(self, last: int) -> None:
        self.preset.addItem("Own choices", None)
        for number, preset in enumerate(PRESETS):
            self.preset.addItem(preset.title, number)
            self.preset.setItemData(number + 1, preset.tip, Qt.ItemDataRole.ToolTipRole)
        for group in Group:
            for kind in (one for one in ExportKind if one.group is group):
                self.kind.addItem(f"{group.value}: {kind.label}", kind.value)
                if reason := why_not(kind):
                    disable_item(self.kind, self.kind.count() - 1, reason)
        for box in (self.first, self.last):
            box.setRange(0, last)
        self.last.setValue(last)
        self.fps.setRange(0.1, 240)
        self.fps.setSuffix(" fps")
        for factor in FACTORS:
            title = "None" if factor == 1 else f"{factor} pictures for each frame"
            self.between.addItem(title, factor)
        self.plays.setRange(0, 1000)
        self.scale.setRange(SMALLEST, LARGEST)
        self.scale.setSuffix(" %")
        self.scale.setSingleStep(25)
        for beside in (self.left, self.middle):
            beside.addItem("Nothing", NONE)
        for panel in Panel:
            self.left.addItem(panel.label, panel.value)
            self.middle.addItem(panel.label, panel.value)
            self.right.addItem(panel.label, panel.value)
        self.command.setReadOnly(True)
        for label in (self.hint, self.outlook, self.silence):
            label.setProperty("muted", True)
            label.setWordWrap(True)

    def _name(self) -> None:
        for widget, name, tip in (
            (self.preset, "Preset", "Sets all fields below for a purpose"),
            (self.kind, "What to export", "What is written"),
            (self.everyone, "All open subjects", "One file for each subject with a motion"),
            (self.path, "Where to", "File, or folder of a picture sequence"),
            (self.browse, "Choose where to", "Choose the file or folder"),
            (self.first, "First frame", "First frame, counted from 0"),
            (self.last, "Last frame", "Last frame, included"),
            (self.true_times, "True frame times", "As long as each frame lasted, else evenly"),
            (self.fps, "Frames per second", "Of the clip's frames"),
            (self.between, "In-between pictures", "Drawn by the model from interpolated motion"),
            (self.plays, "How often it plays", "How often it plays; 0: for ever"),
            (self.ping_pong, "Forth and back", "The way back is appended (ping-pong)"),
            (self.pixels, "Size", "The source's own size, or as the model sees it"),
            (self.scale, "Scale", f"{SMALLEST} to {LARGEST} % of that size"),
            (self.left, "Left picture", "What stands to the left"),
            (self.middle, "Middle picture", "What stands in the middle"),
            (self.right, "Picture", "What is shown, or stands to the right"),
            (self.number, "Burn in the frame number", "Write the frame's number into the picture"),
            (self.drops, "Burn in drop marks", "Mark frames that were withheld from the model"),
            (self.titles, "Titles of the pictures", "Write over each picture what it is"),
            (
                self.show_ai,
                "Burn in that it is AI-generated",
                "Write it into every picture, where everybody sees it",
            ),
            (
                self.crop_only,
                "Only the crop",
                "Only the part that the model sees, instead of the full picture",
            ),
            (
                self.sound,
                "Sound of the driving clip",
                "What is heard in the clip whose motion it is, in step with the pictures",
            ),
            (self.mark_ai, "Mark as AI-generated", "As text and, where it fits, as IPTC metadata"),
            (self.command, "The same as a command", "Makes the same file without the window"),
            (self.copy, "Copy the command", "Copy the command"),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
            widget.setProperty("tip", tip)

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(SPACE_S)
        form.setHorizontalSpacing(SPACE_L)
        form.addRow("Preset", self.preset)
        form.addRow("What", self.kind)
        form.addRow("", self.hint)
        form.addRow("Where", _row(self.path, self.browse, stretch=0))
        form.addRow("", self.everyone)
        form.addRow(_gap())
        form.addRow("Frames", _row(self.first, QLabel("to"), self.last, self.ping_pong))
        form.addRow("Rate", _row(self.true_times, self.fps, QLabel("plays"), self.plays))
        form.addRow("In between", self.between)
        form.addRow("Size", _row(self.pixels, self.scale, self.crop_only))
        beside = (self.left, QLabel("|"), self.middle, QLabel("|"), self.right)
        form.addRow("Side by side", _row(*beside))
        form.addRow("Burn in", _row(self.number, self.drops, self.titles, self.show_ai))
        form.addRow("Sound", _row(self.sound, self.silence, stretch=1))
        form.addRow("", self.mark_ai)
        form.addRow(_gap())
        form.addRow("Outlook", self.outlook)
        form.addRow("As command", _row(self.command, self.copy, stretch=0))


def disable_item(box: QComboBox, index: int, reason: str) -> None:
    """Keep an entry from being chosen; its tooltip says why. An empty reason allows it again."""
    model = box.model()
    if isinstance(model, QStandardItemModel):
        model.item(index).setEnabled(not reason)
    box.setItemData(index, reason or None, Qt.ItemDataRole.ToolTipRole)


def choose(box: QComboBox, value: object) -> None:
    """Choose the entry that stands for ``value``, or the first."""
    box.setCurrentIndex(max(box.findData(value), 0))


def _row(*widgets: QWidget, stretch: int | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_M)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, 1 if place == stretch else 0)
    if stretch is None:
        row.addStretch(1)
    return row


def _gap() -> QWidget:
    gap = QWidget()
    gap.setFixedHeight(SPACE_XS)
    return gap


def column_of(*parts: QWidget) -> QVBoxLayout:
    """Parts under each other with the margins of dialogs."""
    column = QVBoxLayout()
    column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
    column.setSpacing(SPACE_M)
    for part in parts:
        column.addWidget(part)
    return column
