"""Preferences: everything that can be set, searchable, applied at once, reset one by one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.actions.table import ActionTable
from motionstudio.gui.dialogs.remote_check import RemoteCheck
from motionstudio.gui.dialogs.shortcut_page import ShortcutPage
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.preferences import PREFERENCES, Preference, Value, matching
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

Editor = QCheckBox | QComboBox | QLineEdit | QSpinBox


class PreferencesDialog(QDialog):
    """Settings and shortcuts; what is changed acts at once, so there is nothing to confirm.

    Args:
        settings: what is shown and changed.
        actions: whose keys can be changed.
        parent: the window.
    """

    def __init__(
        self, settings: SettingsStore, actions: ActionTable, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search preferences and shortcuts")
        self.search.setAccessibleName("Search preferences")
        self.search.setClearButtonEnabled(True)
        self.check = RemoteCheck(settings)
        self.rows = {p.name: PreferenceRow(p, settings) for p in PREFERENCES}
        self.shortcuts = ShortcutPage(settings, actions)
        self.nothing = QLabel("No preference has these words; the shortcuts may.")
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Pages of preferences")
        self._headings: dict[str, QLabel] = {}
        self._lay_out()
        self.search.textChanged.connect(self.filter)
        settings.changed.connect(self._show_values)
        self.finished.connect(self._let_go)
        self.filter("")

    def filter(self, typed: str) -> None:
        """Show only what has the typed words."""
        found = {p.name for p in matching(typed)}
        for name, row in self.rows.items():
            row.set_visible(name in found)
        self.check.setVisible("engine_address" in found)
        for section, heading in self._headings.items():
            heading.setVisible(any(p.section == section for p in PREFERENCES if p.name in found))
        self.nothing.setVisible(not found)
        self.shortcuts.filter(typed)
        if typed and not found and self.shortcuts.count():
            self.tabs.setCurrentIndex(1)

    def _show_values(self, _names: object = None) -> None:
        for row in self.rows.values():
            row.show_value()
        self.check.refresh()
        self.shortcuts.refresh()

    def _let_go(self, _result: int = 0) -> None:
        self.check.stop()
        self._settings.changed.disconnect(self._show_values)

    def _lay_out(self) -> None:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(1, 1)
        for preference in PREFERENCES:
            self._add_heading(grid, preference.section)
            self.rows[preference.name].place(grid)
            if preference.name == "engine_address":
                grid.addWidget(self.check, grid.rowCount(), 1, 1, 2)
        grid.addWidget(self.nothing, grid.rowCount(), 0, 1, 3)
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName("Preferences")
        area.setWidget(page)
        self.tabs.addTab(area, "Preferences")
        self.tabs.addTab(self.shortcuts, "Shortcuts")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addWidget(self.search)
        column.addWidget(self.tabs)
        self.resize(scaled(600), scaled(560))

    def _add_heading(self, grid: QGridLayout, section: str) -> None:
        if section in self._headings:
            return
        label = QLabel(section)
        label.setFont(font("title"))
        label.setContentsMargins(0, SPACE_S, 0, 0)
        self._headings[section] = label
        grid.addWidget(label, grid.rowCount(), 0, 1, 3)


class PreferenceRow:
    """Label, editor and reset button of one preference.

    Args:
        preference: what is set.
        settings: where.
    """

    def __init__(self, preference: Preference, settings: SettingsStore) -> None:
        self.preference, self._settings = preference, settings
        self.label = QLabel(preference.label)
        self.editor = self._make_editor()
        self.editor.setAccessibleName(preference.label)
        self.editor.setToolTip(preference.tip)
        self.label.setToolTip(preference.tip)
        self.label.setBuddy(self.editor)
        self.reset = ToolButton("reset", f"Reset {preference.label.lower()}")
        self.reset.clicked.connect(partial(self.take, preference.default))
        self.show_value()

    def place(self, grid: QGridLayout) -> None:
        """Fill the next row of a grid of three columns."""
        row = grid.rowCount()
        grid.addWidget(self.label, row, 0)
        holder = QWidget()
        inside = QHBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.editor)
        inside.addStretch(1)
        self._holder = holder
        grid.addWidget(holder, row, 1)
        grid.addWidget(self.reset, row, 2)

    def set_visible(self, on: bool) -> None:
        """Show or hide the whole row."""
        for widget in (self.label, self._holder, self.reset):
            widget.setVisible(on)

    def take(self, value: Value, *_what: object) -> None:
        """Set the preference."""
        self._settings.update(**{self.preference.name: value})

    def show_value(self) -> None:
        """Show what is set."""
        value = getattr(self._settings.value, self.preference.name)
        with QSignalBlocker(self.editor):
            if isinstance(self.editor, QCheckBox):
                self.editor.setChecked(bool(value))
            elif isinstance(self.editor, QSpinBox):
                self.editor.setValue(int(value))
            elif isinstance(self.editor, QLineEdit):
                self.editor.setText(str(value))
            else:
                self.editor.setCurrentIndex(self.editor.findData(value))
        same = value == self.preference.default
        self.reset.set_reason("This is the default." if same else "")

    def _make_editor(self) -> Editor:
        preference = self.preference
        if preference.choices:
            box = _ComboBox()
            for value, words in preference.choices:
                box.addItem(words, value)
            box.activated.connect(self._take_choice)
            return box
        if preference.most > preference.least:
            number = _SpinBox()
            number.setRange(int(preference.least), int(preference.most))
            number.setSingleStep(int(preference.step))
            number.setSuffix(preference.unit)
            number.setKeyboardTracking(False)
            number.valueChanged.connect(self.take)
            return number
        if isinstance(preference.default, str):
            line = QLineEdit()
            line.setPlaceholderText("this machine")
            line.setMinimumWidth(scaled(220))
            line.editingFinished.connect(lambda: self.take(line.text().strip()))
            return line
        switch = QCheckBox("On")
        switch.clicked.connect(self.take)
        return switch

    def _take_choice(self, place: int) -> None:
        if isinstance(self.editor, QComboBox):
            self.take(self.editor.itemData(place))


class _ComboBox(QComboBox):
    """Lets the wheel scroll the page: a setting never changes by accident."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _SpinBox(QSpinBox):
    """Lets the wheel scroll the page: a setting never changes by accident."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
