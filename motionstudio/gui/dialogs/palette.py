"""The command palette: type a few letters of what you want, press Return."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.actions.table import ActionTable
from motionstudio.gui.ranking import Candidate, rank
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_S

_NAME = Qt.ItemDataRole.UserRole
_REMEMBERED = 8
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}


class Palette(QDialog):
    """All actions by name, the best match first, what was used lately on top; others say why not.

    Args:
        actions: the table of the window.
        settings: remembers what was used.
        parent: the window.
    """

    def __init__(self, actions: ActionTable, settings: SettingsStore, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("All commands")
        self._actions, self._settings = actions, settings
        self._candidates = [
            Candidate(spec.name, actions[spec.name].text(), f"{spec.menu} {spec.tip}")
            for spec in actions.specs
            if spec.name != "help.commands"
        ]
        self.field, self.list = QLineEdit(), QTreeWidget()
        self.field.setPlaceholderText("Type what you want to do")
        self.field.setAccessibleName("Name of a command")
        self._prepare_list()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self.filter)
        self.field.returnPressed.connect(self.run)
        self.list.itemClicked.connect(self._run_item)
        self.field.installEventFilter(self)
        self.resize(min(scaled(560), parent.width() - 40), min(scaled(400), parent.height() - 120))
        self.filter("")
        middle = parent.geometry().center()
        self.move(middle.x() - self.width() // 2, parent.geometry().top() + scaled(80))

    def open(self) -> None:
        """Show it and take the keyboard."""
        self.show()
        self.field.setFocus()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the actions listed, the best first."""
        items = (self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount()))
        return tuple(str(item.data(0, _NAME)) for item in items if item is not None)

    def filter(self, typed: str) -> None:
        """Show what matches, the best first."""
        self.list.clear()
        found = rank(typed, self._candidates, self._settings.value.used)
        self.list.addTopLevelItems([self._item(name) for name in found])
        self._choose(0)

    def run(self) -> None:
        """Do the chosen action."""
        item = self.list.currentItem()
        if item is not None:
            self._run_item(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move through the list while the field has the keyboard."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step, count = _STEPS.get(Qt.Key(event.key())), self.list.topLevelItemCount()
            if step is not None and count:
                item = self.list.currentItem()
                here = 0 if item is None else self.list.indexOfTopLevelItem(item)
                place = (here + step) % count if abs(step) == 1 else here + step
                self._choose(min(max(place, 0), count - 1))
                return True
        return super().eventFilter(watched, event)

    def _choose(self, place: int) -> None:
        item = self.list.topLevelItem(place)
        if item is not None:
            self.list.setCurrentItem(item)

    def _run_item(self, item: QTreeWidgetItem) -> None:
        name = str(item.data(0, _NAME))
        action = self._actions[name]
        if action.isEnabled():
            used = self._settings.value.used
            others = tuple(known for known in used if known != name)
            self._settings.update(used=(name, *others)[:_REMEMBERED])
            self.close()
            action.trigger()

    def _item(self, name: str) -> QTreeWidgetItem:
        action: QAction = self._actions[name]
        reason = self._actions.why_not(name)
        spec = self._actions.spec(name)
        where = reason or spec.menu.replace("/", " › ")
        item = QTreeWidgetItem([action.text(), where, self._actions.keymap.shown(name)])
        item.setData(0, _NAME, name)
        item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for place in range(3):
            item.setToolTip(place, action.toolTip())
        muted = self.palette().placeholderText()
        item.setForeground(1, muted)
        item.setForeground(2, muted)
        if reason:
            item.setForeground(0, muted)
        return item

    def _prepare_list(self) -> None:
        self.list.setAccessibleName("Commands")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
