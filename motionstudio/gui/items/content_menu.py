"""The menu of a viewport: its content, the second content of a wipe, how pixels are shown."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from motionstudio.document.viewports import MAPS
from motionstudio.gui.items.layers import Content
from motionstudio.gui.items.map_names import map_title
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.icons import set_icon

_LONGEST = 44


class ContentMenu(QMenu):
    """Contents to choose from, each with its icon; what cannot be shown says why.

    Signals:
        contentChosen: a ``Content``.
        wipeChosen: a ``Content`` for the right of the divider, or empty: no wipe.
        mapChosen: name of a map of the model for over the picture, or empty: none.
    """

    contentChosen = Signal(str)
    wipeChosen = Signal(str)
    mapChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._contents: dict[Content, QAction] = {}
        self._wipes: dict[Content | None, QAction] = {}
        for content in Content:
            self._contents[content] = self._add(self, content.label, content)
            self._contents[content].setData(content.value)
            self._contents[content].triggered.connect(self._choose)
        self.addSeparator()
        self._wipe_menu = self.addMenu("Wipe with")
        set_icon(self._wipe_menu.menuAction(), "wipe", tokens_for(self.palette()))
        self._wipes[None] = self._add(self._wipe_menu, "Nothing (no divider)", None)
        for content in Content:
            self._wipes[content] = self._add(self._wipe_menu, content.label, content)
        for action in self._wipes.values():
            action.triggered.connect(self._choose_wipe)
        self._map_menu = self.addMenu("Map of the model")
        set_icon(self._map_menu.menuAction(), "maps", tokens_for(self.palette()))
        self._maps: dict[str, QAction] = {"": self._add(self._map_menu, "Nothing", None)}
        self._map_menu.addSeparator()
        for name in MAPS:
            self._maps[name] = self._add(self._map_menu, map_title(name), None)
        for which, action in self._maps.items():
            action.setData(which)
            action.triggered.connect(self._choose_map)
        self._map_menu.setToolTipsVisible(True)
        self.smooth = QAction("Smooth between pixels", self)
        self.smooth.setCheckable(True)
        self.smooth.setChecked(True)
        self.addAction(self.smooth)
        self.setToolTipsVisible(True)
        self._wipe_menu.setToolTipsVisible(True)

    def set_chosen(self, content: Content, wipe: Content | None) -> None:
        """Tick what is shown."""
        for actions, chosen in ((self._contents, content), (self._wipes, wipe)):
            for which, action in actions.items():
                with QSignalBlocker(action):
                    action.setChecked(which is chosen)

    def set_available(self, content: Content, reason: str) -> None:
        """Allow a content (empty reason) or disable it and say why."""
        for action in (self._contents[content], self._wipes[content]):
            action.setEnabled(not reason)
            action.setToolTip(reason)
            action.setText(content.label if not reason else f"{content.label} — {_brief(reason)}")

    def set_map(self, name: str) -> None:
        """Tick the map that lies over the picture; empty: none."""
        for which, action in self._maps.items():
            with QSignalBlocker(action):
                action.setChecked(which == name)

    def set_map_available(self, name: str, reason: str) -> None:
        """Allow a map (empty reason) or disable it and say why."""
        self._maps[name].setEnabled(not reason)
        self._maps[name].setToolTip(reason or map_title(name))

    def _add(self, menu: QMenu, text: str, content: Content | None) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        if content is not None:
            set_icon(action, content.icon, tokens_for(self.palette()))
        return action

    def _choose(self) -> None:
        chosen = self._sent(self._contents)
        if chosen is not None:
            self.contentChosen.emit(chosen.value)

    def _choose_wipe(self) -> None:
        chosen = self._sent(self._wipes)
        self.wipeChosen.emit("" if chosen is None else chosen.value)

    def _choose_map(self) -> None:
        sender = self.sender()
        if isinstance(sender, QAction):
            self.mapChosen.emit(sender.data())

    def _sent(
        self, actions: dict[Content, QAction] | dict[Content | None, QAction]
    ) -> Content | None:
        sender = self.sender()
        return next((which for which, action in actions.items() if action is sender), None)


def _brief(reason: str) -> str:
    """The beginning of a reason: a menu is no place for two sentences, its tooltip has them."""
    first = reason.partition(":")[0].rstrip(".")
    return first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1].rstrip()}…"
