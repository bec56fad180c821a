"""The page of Preferences where keys are changed: search, record, conflicts, reset."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.actions.keymap import Keymap, native
from motionstudio.gui.actions.table import ActionTable
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.theme.tokens import SPACE_S

_NAME = Qt.ItemDataRole.UserRole
_FIRST = "Choose an action, then press its new keys."


class ShortcutPage(QWidget):
    """All actions with their keys; the chosen one can be given others.

    Args:
        settings: where changed keys are kept.
        actions: the table of actions.
    """

    def __init__(self, settings: SettingsStore, actions: ActionTable) -> None:
        super().__init__()
        self._settings, self._actions = settings, actions
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Action", "Menu", "Keys"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName("Actions and their keys")
        self.tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.record = KeyField()
        self.assign = QPushButton("Use these keys")
        self.reset = QPushButton("Reset this one")
        self.reset_all = QPushButton("Reset all")
        self.told = QLabel(_FIRST)
        self.told.setWordWrap(True)
        self._lay_out()
        self._fill()
        self.tree.currentItemChanged.connect(self._on_chosen)
        self.record.keySequenceChanged.connect(self._on_recorded)
        self.assign.clicked.connect(self.take)
        self.reset.clicked.connect(self.reset_chosen)
        self.reset_all.clicked.connect(self.reset_everything)
        self._on_chosen()

    @property
    def chosen(self) -> str:
        """Name of the chosen action, or empty."""
        item = self.tree.currentItem()
        return "" if item is None else str(item.data(0, _NAME))

    def choose(self, name: str) -> None:
        """Choose an action by its name."""
        for item in self._items():
            if item.data(0, _NAME) == name:
                self.tree.setCurrentItem(item)

    def count(self) -> int:
        """How many actions are listed."""
        return sum(not item.isHidden() for item in self._items())

    def filter(self, typed: str) -> None:
        """List only actions whose name, menu or keys have the typed words."""
        wanted = typed.lower().split()
        for item in self._items():
            words = " ".join(item.text(place) for place in range(3)).lower()
            item.setHidden(not all(word in words for word in wanted))

    def take(self) -> None:
        """Give the chosen action the recorded keys; whoever had them loses them."""
        keys = self._keymap()
        keys.set(self.chosen, self._recorded())
        self._keep(keys)

    def reset_chosen(self) -> None:
        """Give the chosen action its own keys back."""
        keys = self._keymap()
        keys.reset(self.chosen)
        self._keep(keys)

    def reset_everything(self) -> None:
        """All keys as the program has them."""
        self._settings.update(keys={})

    def refresh(self) -> None:
        """Show the keys in use."""
        for item in self._items():
            item.setText(2, self._words(str(item.data(0, _NAME))))
        self._on_chosen()

    def _keymap(self) -> Keymap:
        return Keymap(self._actions.specs, self._settings.value.keys)

    def _keep(self, keys: Keymap) -> None:
        self._settings.update(keys=keys.changed)

    def _recorded(self) -> str:
        return self.record.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _on_chosen(self, *_what: object) -> None:
        name, keys = self.chosen, self._keymap()
        first = keys.keys(name)[:1] if name else ()
        with QSignalBlocker(self.record):
            self.record.setKeySequence(QKeySequence(first[0] if first else ""))
        self.record.setEnabled(bool(name))
        why = "" if name else "Choose an action first."
        self.record.setToolTip(why or "Press the new keys; empty takes the keys away")
        changed = bool(name) and keys.is_changed(name)
        _offer(self.reset, why or ("" if changed else "These are its own keys."))
        _offer(self.reset_all, "" if keys.changed else "No key was changed.")
        self._on_recorded()

    def _on_recorded(self, *_what: object) -> None:
        name, keys, key = self.chosen, self._keymap(), self._recorded()
        if not name:
            _offer(self.assign, "Choose an action first.")
            self.told.setText(_FIRST)
            return
        same = (key,) == keys.keys(name)[:1] or (not key and not keys.keys(name))
        owner = keys.owner(key, name)
        _offer(self.assign, "It has these keys." if same else "")
        if same:
            self.told.setText(_FIRST)
        elif owner:
            text = self._actions[owner].text()
            self.told.setText(f"{native(key)} belongs to “{text}”, which would lose it.")
        else:
            self.told.setText(f"{native(key)} is free." if key else "It would have no keys.")

    def _fill(self) -> None:
        for spec in self._actions.specs:
            menu = spec.menu.replace("/", " › ")
            item = QTreeWidgetItem([spec.text, menu, self._words(spec.name)])
            item.setData(0, _NAME, spec.name)
            item.setToolTip(0, spec.tip)
            self.tree.addTopLevelItem(item)

    def _words(self, name: str) -> str:
        keys = self._keymap()
        mark = "  (changed)" if keys.is_changed(name) else ""
        return "  ".join(map(native, keys.keys(name))) + mark

    def _items(self) -> list[QTreeWidgetItem]:
        tree = self.tree
        return [item for i in range(tree.topLevelItemCount()) if (item := tree.topLevelItem(i))]

    def _lay_out(self) -> None:
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(self.record, 1)
        for button in (self.assign, self.reset, self.reset_all):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_S, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.tree, 1)
        column.addWidget(self.told)
        column.addLayout(buttons)


class KeyField(QKeySequenceEdit):
    """Records one combination; Tab still leaves it and Backspace empties it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("New keys")
        self.setMaximumSequenceLength(1)
        self.setClearButtonEnabled(True)

    def event(self, event: QEvent) -> bool:
        """Leave Tab to the window."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
                return True
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if event.key() == Qt.Key.Key_Backspace and plain:
                self.clear()
                return True
        return super().event(event)


def _offer(button: QPushButton, reason: str) -> None:
    button.setEnabled(not reason)
    button.setToolTip(reason or button.text())
