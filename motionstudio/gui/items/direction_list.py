"""Named directions: a list, a slider that goes along the chosen one, and what to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from motionstudio.core.direction import Course
from motionstudio.gui.items.motion_data import signed
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.items.value_slider import ValueSlider
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS

_MOST = 3.0
_COURSES: tuple[tuple[Course, str, str], ...] = (
    ("constant", "The same at every frame", "Every frame moves by the amount"),
    ("ramp", "Growing from 0", "From nothing at the first frame to the amount at the last"),
    ("along", "As the motion goes", "Frames that go this way already go further"),
)


@dataclass(frozen=True, slots=True)
class DirectionEntry:
    """One line of the list.

    Attributes:
        name: for people.
        origin: how it was found.
        reason: why it cannot be applied to the active subject, or empty.
        preset: whether it is one of the user's presets, not in the project.
    """

    name: str
    origin: str = ""
    reason: str = ""
    preset: bool = False


class DirectionList(QWidget):
    """See the module.

    Signals:
        saveRequested: ``component <n>``, ``frames`` or ``edit``: what to save.
        renameRequested: place, new name. removeRequested: place.
        keepRequested: place of a direction that becomes a preset of the user.
        importRequested, exportRequested.
        amountStarted: place, course. amountDragged: amount. amountFinished, amountCancelled.
    """

    saveRequested = Signal(str)
    renameRequested = Signal(int, str)
    removeRequested = Signal(int)
    keepRequested = Signal(int)
    importRequested = Signal()
    exportRequested = Signal()
    amountStarted = Signal(int, str)
    amountDragged = Signal(float)
    amountFinished = Signal()
    amountCancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[DirectionEntry, ...] = ()
        self._target = ""
        self.header = PaneHeader("Directions")
        self.save = ToolButton("add", "Save a direction")
        self.keep = ToolButton("save", "Keep as a preset for other projects")
        self.remove = ToolButton("remove", "Delete the direction")
        self.more = ToolButton("more", "Import and export directions")
        self.list = QListWidget()
        self.course = QComboBox()
        self.amount = ValueSlider()
        self.figure = MutedLabel("0.00")
        self.hint = MutedLabel()
        self.menu = QMenu(self)
        self.files = QMenu(self)
        self._lay_out()
        self._connect()
        self.set_entries(())

    @property
    def entries(self) -> tuple[DirectionEntry, ...]:
        """What is listed."""
        return self._entries

    @property
    def chosen(self) -> int | None:
        """Place of the chosen direction, or None."""
        row = self.list.currentRow()
        return row if 0 <= row < len(self._entries) else None

    def set_entries(self, entries: Sequence[DirectionEntry]) -> None:
        """List directions; the choice stays where its name is still there."""
        before = None if self.chosen is None else self._entries[self.chosen].name
        self._entries = tuple(entries)
        with QSignalBlocker(self.list):
            self.list.clear()
            for entry in entries:
                self.list.addItem(_item(entry))
            names = [entry.name for entry in entries]
            place = names.index(before) if before in names else (0 if names else -1)
            self.list.setCurrentRow(place)
        self._show_reasons()

    def set_sources(self, components: Sequence[str], frames: str, edit: str) -> None:
        """What a direction can be saved from; ``frames`` and ``edit`` say why not, or nothing."""
        told = (tuple(components), frames, edit)
        if told == self._sources:
            return
        self._sources = told
        self.menu.clear()
        for place, name in enumerate(components):
            self._add(f"From {name}", f"component {place}")
        self.menu.addSeparator()
        self._add("From the difference of two frames or selections", "frames", frames)
        self._add("From the edit of this frame", "edit", edit)
        self.save.set_reason("" if components else "Components come with the motion of a clip.")

    def set_target(self, words: str, reason: str = "") -> None:
        """Which frames the amount goes to; why nothing can be applied, or empty."""
        self._target, self._reason = words, reason
        self._show_reasons()

    def set_amount(self, amount: float) -> None:
        """Show how far the gesture has gone."""
        self.amount.set_value(amount, 0.0)
        self.figure.setText(signed(amount))

    _reason = ""
    _sources: tuple[tuple[str, ...], str, str] | None = None

    def _lay_out(self) -> None:
        self.list.setAccessibleName("Directions")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setMinimumHeight(2 * CONTROL_HEIGHT)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.amount.set_limit(_MOST)
        self.amount.setAccessibleName("Amount of the direction")
        self.amount.setToolTip("Drag to go along the direction; one undo step")
        self.course.setAccessibleName("How the amount is spread over the frames")
        for key, words, tip in _COURSES:
            self.course.addItem(words, key)
            self.course.setItemData(self.course.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.course.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.figure.setFont(font("body", tabular=True))
        self.figure.setMinimumWidth(5 * SPACE_S)
        self.hint.setWordWrap(True)
        self.more.setMenu(self.files)
        self.more.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self.save.setMenu(self.menu)
        self.save.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        for text, signal in (
            ("Import directions…", self.importRequested),
            ("Export directions…", self.exportRequested),
        ):
            action = QAction(text, self.files)
            action.triggered.connect(signal)
            self.files.addAction(action)
        for tool in (self.save, self.keep, self.remove, self.more):
            self.header.add_tool(tool)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE_XS)
        column.setSpacing(SPACE_XS)
        column.addWidget(self.header)
        column.addWidget(self.list, 1)
        column.addLayout(_line(QLabel("Amount"), self.amount, self.figure))
        column.addLayout(_line(self.course))
        column.addLayout(_line(self.hint))

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_reasons)
        self.list.itemChanged.connect(self._rename)
        self.keep.clicked.connect(self._keep)
        self.remove.clicked.connect(self._remove)
        self.menu.triggered.connect(self._save)
        self.amount.dragStarted.connect(self._start)
        self.amount.dragged.connect(self.amountDragged)
        self.amount.dragFinished.connect(self.amountFinished)
        self.amount.dragCancelled.connect(self.amountCancelled)

    def _add(self, words: str, what: str, reason: str = "") -> None:
        action = QAction(words, self.menu)
        action.setData(what)
        action.setEnabled(not reason)
        action.setToolTip(reason or words)
        self.menu.addAction(action)
        self.menu.setToolTipsVisible(True)

    def _save(self, action: QAction) -> None:
        self.saveRequested.emit(str(action.data()))

    def _start(self) -> None:
        if self.chosen is not None:
            self.amountStarted.emit(self.chosen, str(self.course.currentData()))

    def _keep(self) -> None:
        if self.chosen is not None:
            self.keepRequested.emit(self.chosen)

    def _remove(self) -> None:
        if self.chosen is not None:
            self.removeRequested.emit(self.chosen)

    def _rename(self, item: QListWidgetItem) -> None:
        place, name = self.list.row(item), item.text().strip()
        if 0 <= place < len(self._entries) and name != self._entries[place].name:
            self.renameRequested.emit(place, name)

    def _show_reasons(self) -> None:
        entry = None if self.chosen is None else self._entries[self.chosen]
        none = "Save a direction first: from a component, two frames or an edit."
        reason = none if entry is None else entry.reason or self._reason
        for control in (self.amount, self.course):
            control.setEnabled(not reason)
        self.amount.setToolTip(reason or "Drag to go along the direction; one undo step")
        self.course.setToolTip(reason or "How the amount is spread over the frames")
        self.remove.set_reason("" if entry else none)
        kept = "It is a preset already." if entry is not None and entry.preset else ""
        self.keep.set_reason(none if entry is None else kept)
        self.hint.setText(reason or self._target)


def _item(entry: DirectionEntry) -> QListWidgetItem:
    item = QListWidgetItem(entry.name)
    where = "Preset of yours" if entry.preset else "In this project"
    item.setToolTip("\n".join(p for p in (entry.origin, where, entry.reason) if p))
    flags = item.flags() | Qt.ItemFlag.ItemIsEditable
    item.setFlags(flags)
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{where}. {entry.origin}")
    if entry.preset:
        made = item.font()
        made.setItalic(True)
        item.setFont(made)
    return item


def _line(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
    row.setSpacing(SPACE_XS)
    for widget in widgets:
        stretch = 0 if isinstance(widget, QLabel) and len(widgets) > 1 else 1
        row.addWidget(widget, stretch)
    return row
