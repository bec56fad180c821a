"""The sheet of keys and gestures; keys come from the table of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.actions.table import SPECS
from motionstudio.gui.theme.tokens import SPACE_L

_GESTURES = (
    ("ruler", "drag", "scrub"),
    ("ruler", "Shift + drag", "set the play range; double-click clears it"),
    ("frames", "Alt + click, Alt + drag", "drop or restore; the first frame decides"),
    ("frames", "right-click", "drop patterns, reference frame"),
    ("timeline", "wheel, Ctrl + wheel, middle drag", "step, zoom, pan"),
    ("matrix", "click, drag, Ctrl, Shift", "select cells, dimensions, frames"),
    (
        "matrix",
        "drag a selected cell up or down",
        "change values; Shift fine, Ctrl snaps, Alt soft",
    ),
    ("matrix", "double-click", "type a value"),
    ("curves", "drag a point", "change a value"),
    ("sliders", "double-click", "back to what was encoded"),
    ("pictures", "wheel, middle drag, double-click", "zoom, pan, fit"),
    ("pictures", "hold F", "flicker to the source frame"),
)


class ShortcutSheet(QDialog):
    """All keys and gestures, grouped as in the menus; it blocks nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard and mouse")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setRootIsDecorated(False)
        self.tree.setAccessibleName("Keys and gestures")
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        for group, lines in sheet():
            top = QTreeWidgetItem([group])
            top.setFirstColumnSpanned(True)
            self.tree.addTopLevelItem(top)
            top.addChildren([QTreeWidgetItem([keys, text]) for keys, text in lines])
        self.tree.expandAll()
        self.tree.resizeColumnToContents(0)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.addWidget(self.tree)
        column.addWidget(close)
        self.resize(640, 560)


def sheet() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (keys or gesture, what it does)."""
    native = QKeySequence.SequenceFormat.NativeText
    groups: dict[str, list[tuple[str, str]]] = {}
    for spec in SPECS:
        if spec.keys:
            keys = "  ".join(QKeySequence(key).toString(native) for key in spec.keys)
            groups.setdefault(spec.menu.partition("/")[0], []).append((keys, spec.text))
    groups["Mouse"] = [(f"{where}: {how}", effect) for where, how, effect in _GESTURES]
    return list(groups.items())
