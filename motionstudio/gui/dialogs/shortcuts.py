"""The sheet of keys and gestures: those of the pane in use first; keys are those in use."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.actions.keymap import Keymap, native
from motionstudio.gui.actions.table import SPECS, ActionTable
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S

GESTURES: tuple[tuple[str, str, str], ...] = (
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
    ("live driver", "drag, wheel, double-click", "move, size and reset the square that counts"),
    ("live window", "X, R", "this is the reference; record, and stop and keep"),
    ("live window", "1 to 9, Page Up, Page Down", "choose the source"),
    ("live window", "M, P, Space", "mirror, keypoints, stay at a frame of the clip"),
)
"""Where, how, what it does."""

_ALSO = {"timeline": ("ruler", "frames", "timeline"), "time": ("ruler", "frames", "timeline")}
_MENUS = {
    "timeline": ("Motion", "Frames"),
    "time": ("Motion", "Frames"),
    "matrix": ("Latent",),
    "curves": ("Latent",),
    "sliders": ("Latent",),
    "pictures": ("View",),
    "library": ("File",),
}
Group = tuple[str, list[tuple[str, str]]]


class ShortcutSheet(QDialog):
    """Keys and gestures of the pane in use, then all others; it blocks nothing.

    Args:
        actions: the table of the window.
        place: the part of the window that has the keyboard, or empty.
        parent: the window.
    """

    def __init__(
        self, actions: ActionTable, place: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard and mouse")
        self.tree, self.search = QTreeWidget(), QLineEdit()
        self.search.setPlaceholderText("Search keys and gestures")
        self.search.setAccessibleName("Search keys and gestures")
        self.search.setClearButtonEnabled(True)
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setRootIsDecorated(False)
        self.tree.setAccessibleName("Keys and gestures")
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        for group, lines in sheet(actions.keymap, place):
            top = QTreeWidgetItem([group])
            self.tree.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            top.addChildren([QTreeWidgetItem([keys, text]) for keys, text in lines])
        self.tree.expandAll()
        self.tree.resizeColumnToContents(0)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addWidget(self.search)
        column.addWidget(self.tree)
        column.addWidget(close)
        self.search.textChanged.connect(self.filter)
        self.resize(scaled(640), scaled(560))

    def filter(self, typed: str) -> None:
        """Show only lines that have the typed words."""
        wanted = typed.lower().split()
        for place in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(place)
            if top is None:
                continue
            lines = [line for i in range(top.childCount()) if (line := top.child(i)) is not None]
            for line in lines:
                words = f"{line.text(0)} {line.text(1)}".lower()
                line.setHidden(not all(word in words for word in wanted))
            top.setHidden(all(line.isHidden() for line in lines))


def sheet(keymap: Keymap | None = None, place: str = "") -> list[Group]:
    """Groups of (keys or gesture, what it does); those of ``place`` come first."""
    keys_in_use = keymap or Keymap(SPECS)
    groups: dict[str, list[tuple[str, str]]] = {}
    for spec in keys_in_use.specs:
        keys = keys_in_use.keys(spec.name)
        if keys:
            line = ("  ".join(map(native, keys)), spec.text)
            groups.setdefault(spec.menu.partition("/")[0], []).append(line)
    groups["Mouse"] = [(f"{where}: {how}", effect) for where, how, effect in GESTURES]
    here = _of_place(groups, place)
    return [*([(f"Here: {place}", here)] if here else []), *groups.items()]


def _of_place(groups: dict[str, list[tuple[str, str]]], place: str) -> list[tuple[str, str]]:
    wanted = _ALSO.get(place, (place,))
    gestures = [(f"{where}: {how}", effect) for where, how, effect in GESTURES if where in wanted]
    keys = [line for menu in _MENUS.get(place, ()) for line in groups.get(menu, [])]
    return [*gestures, *keys]
