"""The part of the Motion menu that looks for motions and composes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_MENU = "Motion/Search"

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("search.find", "Find the same motion", _MENU, "Find where the motion of the play "
               "range, the selection or around the playhead happens again", ("Ctrl+Shift+F",),
               "search"),
    ActionSpec("search.reverse", "Find its reverse", _MENU, "Find where this motion happens the "
               "other way round"),
    ActionSpec("search.remember", "Keep as first part", _MENU, "Keep this motion as the first of "
               "two that are composed", separated=True),
    ActionSpec("search.composed", "Find first part, then this", _MENU, "Find where the kept motion "
               "is followed by this one"),
    ActionSpec("search.check", "Check the laws of composition", _MENU, "Recompose this motion in "
               "many ways, go there and back, and compare all windows of the clip", (),
               "", separated=True),
    ActionSpec("search.stop", "Stop looking", _MENU, "Stop the search or check under way"),
)  # fmt: skip


class SearchActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        search = self._window.presenters.search
        return {
            "search.find": Behaviour(search.open, search.why_not),
            "search.reverse": Behaviour(search.open_reverse, search.why_not),
            "search.remember": Behaviour(search.remember, search.why_not),
            "search.composed": Behaviour(search.open_composed, search.why_not_composed),
            "search.check": Behaviour(search.check, search.why_not),
            "search.stop": Behaviour(search.stop, search.why_not_stop),
        }
