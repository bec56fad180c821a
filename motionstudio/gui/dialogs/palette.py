"""The command palette: type a few letters of what you want, press Return."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from motionstudio.gui.theme.tokens import SPACE_S

_ACTION = Qt.ItemDataRole.UserRole


class Palette(QDialog):
    """All actions by name, the best match first; disabled ones say why.

    Args:
        actions: every action of the window by name.
        parent: the window.
    """

    def __init__(self, actions: dict[str, QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("All commands")
        self._actions = actions
        self.field, self.list = QLineEdit(), QListWidget()
        self.field.setPlaceholderText("Type what you want to do")
        self.field.setAccessibleName("Name of a command")
        self.list.setAccessibleName("Commands")
        self.list.setUniformItemSizes(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self.filter)
        self.field.returnPressed.connect(self.run)
        self.list.itemClicked.connect(self._run_item)
        self.field.installEventFilter(self)
        self.resize(520, 380)
        self.filter("")
        middle = parent.geometry().center()
        self.move(middle.x() - self.width() // 2, parent.geometry().top() + 80)

    def open(self) -> None:
        """Show it and take the keyboard."""
        self.show()
        self.field.setFocus()

    def filter(self, typed: str) -> None:
        """Show what matches, the best first."""
        scored = [
            (score(typed, action.text()), place, action)
            for place, action in enumerate(self._actions.values())
        ]
        self.list.clear()
        for _, _, action in sorted((s for s in scored if s[0] is not None), key=lambda s: s[:2]):
            self.list.addItem(_item(action))
        self.list.setCurrentRow(0)

    def run(self) -> None:
        """Do the chosen action."""
        item = self.list.currentItem()
        if item is not None:
            self._run_item(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move through the list while the field has the keyboard."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return super().eventFilter(watched, event)

    def _run_item(self, item: QListWidgetItem) -> None:
        action = item.data(_ACTION)
        if isinstance(action, QAction) and action.isEnabled():
            self.close()
            action.trigger()


def score(typed: str, text: str) -> int | None:
    """How far ``text`` is from what was typed: 0 is best, None does not match.

    A start of the text is best, then a start of a word, then letters anywhere in order.
    """
    wanted, name = typed.lower().strip(), text.lower()
    if name.startswith(wanted):
        return 0
    if any(word.startswith(wanted) for word in name.split()):
        return 1
    if wanted in name:
        return 2
    letters = iter(name)
    return 3 if all(letter in letters for letter in wanted.replace(" ", "")) else None


def _item(action: QAction) -> QListWidgetItem:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    reason = "" if action.isEnabled() else f" — {action.toolTip().splitlines()[-1]}"
    item = QListWidgetItem(f"{action.text()}{'   ' + keys if keys else ''}{reason}")
    item.setData(_ACTION, action)
    item.setToolTip(action.toolTip())
    if not action.isEnabled():
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
    return item
