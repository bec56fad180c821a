"""Arrangements of panes: three that the program has, and those that people save."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog, QMenu

from motionstudio.gui.settings import SavedLayout

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_INSPECT = ("projection", "inspector")
"""The first of these panes that there is stands at the side for looking closely."""


class Layouts(QObject):
    """Shows and saves arrangements of one window.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    @property
    def names(self) -> tuple[str, ...]:
        """What people saved, in alphabetical order."""
        return tuple(sorted(self._window.session.settings.value.layouts))

    def animate(self) -> None:
        """Source and generated side by side, sliders, time and motion."""
        bench = self._window.bench
        bench.reset()
        bench.show_pane("sliders")
        self._window.actions_["view.layout_2"].trigger()
        bench.show_curves(self._window.height() >= bench.tall)

    def inspect(self) -> None:
        """Four pictures and the figures; no library, no curves."""
        bench = self._window.bench
        bench.reset()
        bench.docks["library"].close()
        bench.show_pane(next(name for name in _INSPECT if name in bench.docks))
        bench.show_curves(False)
        bench.low_time()
        self._window.actions_["view.layout_4"].trigger()

    def train(self) -> None:
        """Source and generated side by side, and how the training runs get on."""
        bench = self._window.bench
        bench.reset()
        bench.show_pane("training")
        bench.show_curves(False)
        self._window.actions_["view.layout_2"].trigger()

    def apply(self, name: str) -> None:
        """Show what was saved as ``name``; says so where it does not fit any more."""
        saved = self._window.session.settings.value.layouts.get(name)
        if saved is None or not self._window.bench.restore(saved.docks, saved.parts):
            self._window.session.notices.say(f"The layout {name} does not fit this version.")

    def save(self, name: str) -> None:
        """Keep the present arrangement as ``name``."""
        settings, bench = self._window.session.settings, self._window.bench
        if name.strip():
            saved = SavedLayout(docks=bench.state(), parts=bench.parts())
            settings.update(layouts={**settings.value.layouts, name.strip(): saved})
            self._window.session.notices.say(f"The layout was saved as {name.strip()}.")

    def remove(self, name: str) -> None:
        """Forget what was saved as ``name``."""
        settings = self._window.session.settings
        kept = {key: value for key, value in settings.value.layouts.items() if key != name}
        settings.update(layouts=kept)

    def ask_name(self) -> None:
        """Ask for a name and save; the window stays usable meanwhile."""
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Save layout")
        dialog.setLabelText("Name of this arrangement of panes")
        dialog.setTextValue(f"My layout {len(self.names) + 1}")
        dialog.textValueSelected.connect(self.save)
        dialog.show()

    def fill(self, menu: QMenu, remove: QMenu) -> None:
        """Put what was saved into menus: one to show it, one to forget it."""
        for target, run in ((menu, self.apply), (remove, self.remove)):
            _fill(target, self.names, run)
        remove.menuAction().setVisible(bool(self.names))


def _fill(menu: QMenu, names: tuple[str, ...], run: Callable[[str], None]) -> None:
    for action in menu.actions():
        if action.property("savedLayout"):
            menu.removeAction(action)
            action.deleteLater()
    for name in names:
        action = menu.addAction(name)
        action.setProperty("savedLayout", True)
        action.setToolTip(f"The layout {name} that you saved")
        action.triggered.connect(partial(run, name))
