"""View > Panes: one action for each pane that the workbench has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

PREFIX = "pane."


class PaneActions:
    """Shows and hides panes.

    Args:
        window: the window, whose panes are all there.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def specs(self) -> tuple[ActionSpec, ...]:
        """One for each pane, in the order in which they were added."""
        docks = self._window.bench.docks
        return tuple(
            ActionSpec(
                PREFIX + name, dock.windowTitle(), "View/Panes",
                f"Show or hide the pane {dock.windowTitle()}", checkable=True,
            )
            for name, dock in docks.items()
        )  # fmt: skip

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        bench = self._window.bench
        return {PREFIX + name: Behaviour(partial(bench.toggle_pane, name)) for name in bench.docks}

    def show_state(self) -> None:
        """Tick the panes that are shown."""
        for name, dock in self._window.bench.docks.items():
            self._window.actions_[PREFIX + name].setChecked(not dock.isHidden())
