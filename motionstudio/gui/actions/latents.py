"""Submenus of the Latent menu: select, keys, easing, operations, muting, tools."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from motionstudio.core.keys import Easing
from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.presenters.selecting import Selecting

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_SELECT, _KEYS, _EASING, _CHANGE = "Latent/Select", "Latent/Keys", "Latent/Easing", "Latent/Change"
_EASINGS = {
    Easing.AUTO: ("Automatic", "Smooth, flat at peaks, never beyond the keys"),
    Easing.LINEAR: ("Linear", "Straight from key to key"),
    Easing.HOLD: ("Hold", "Keep the value, then jump at the next key"),
    Easing.EASE_IN: ("Ease in", "Start slowly"),
    Easing.EASE_OUT: ("Ease out", "End slowly"),
    Easing.EASE_IN_OUT: ("Ease in and out", "Start and end slowly"),
}

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("select.edited", "Edited values", _SELECT, "Select the frames and dimensions that "
               "were edited"),
    ActionSpec("select.keyed", "Keys", _SELECT, "Select the frames and dimensions that have keys"),
    ActionSpec("select.filled", "Filled-in frames", _SELECT, "Select the frames that the model "
               "filled in"),
    ActionSpec("select.kept", "Kept frames", _SELECT, "Select the frames that the model saw"),
    ActionSpec("select.invert", "Invert", _SELECT, "Select the other frames, or the other "
               "dimensions where all frames are selected", ("Ctrl+Shift+A",), separated=True),
    ActionSpec("key.add", "Add key", _KEYS, "Pin the values of the selected dimensions at this "
               "frame", ("Ctrl+K",), "key"),
    ActionSpec("key.remove", "Remove keys", _KEYS, "Remove the selected keys, or those at this "
               "frame", ("Ctrl+Shift+K",)),
    ActionSpec("key.remove_all", "Remove all keys of the dimensions", _KEYS, "Remove every key of "
               "the selected dimensions, or all there are"),
    *(ActionSpec(f"ease.{how.value}", name, _EASING, f"{tip}: the segment after the selected "
                 "keys, or the one this frame lies in", icon=f"ease-{how.value.replace('_', '-')}")
      for how, (name, tip) in _EASINGS.items()),
    ActionSpec("ease.straighten", "Take the bend out", _EASING, "Set the tension of these "
               "segments back to none", separated=True),
    ActionSpec("change.gain", "Gain…", _CHANGE, "Strengthen or weaken the selected motion, or all",
               ("Ctrl+G",)),
    ActionSpec("change.smooth", "Smooth…", _CHANGE, "Average the selected values, or all, over "
               "neighbouring frames", ("S",), "curve"),
    ActionSpec("change.steady", "One-euro filter…", _CHANGE, "Take jitter out of the selected "
               "values, or all, and leave fast motion as it is", ("Shift+S",)),
    ActionSpec("change.shift", "Shift in time…", _CHANGE, "Let the selected motion, or all, come "
               "earlier or later", separated=True),
    ActionSpec("change.stretch", "Stretch in time…", _CHANGE, "Slow the selected motion down, or "
               "speed it up"),
    ActionSpec("change.reverse", "Reverse", _CHANGE, "Play the selected motion, or all, backwards"),
    ActionSpec("change.seam", "Close the loop…", _CHANGE, "Blend the end so that the last frame "
               "meets the first"),
    ActionSpec("latent.mute", "Mute dimensions", "Latent", "The selected dimensions count as zero "
               "in pictures and exports, or no longer; their values stay", ("M",), "mute",
               separated=True),
    ActionSpec("latent.solo", "Solo dimensions", "Latent", "Mute all but the selected dimensions; "
               "once more brings all back", ("Shift+M",)),
    ActionSpec("latent.unmute", "Unmute all", "Latent", "Let every dimension count again"),
    ActionSpec("latent.groups", "Open or close groups", "Latent", "List the single dimensions of "
               "every group, or the groups alone", ("Shift+G",), "groups"),
    ActionSpec("latent.name", "Name dimension…", "Latent", "Give the first selected dimension a "
               "name", ("F2",)),
    ActionSpec("latent.pencil", "Pencil", "Latent", "Take up the pencil to draw values free-hand, "
               "or put it away", ("B",), "pencil", separated=True),
    ActionSpec("latent.fit_rows", "Fit all dimensions", "Latent", "Make rows so thin that all "
               "dimensions show at once, or readable again", (), "fit-rows"),
)  # fmt: skip
_CELL_MENU = (
    "edit.copy", "edit.cut", "edit.paste", "", "latent.reset", "latent.neutral", "", "key.add",
    "key.remove", "", "change.gain", "change.smooth", "change.steady", "change.shift",
    "change.stretch", "change.reverse", "change.seam", "",
    "latent.mute", "latent.solo", "latent.unmute", "latent.name",
)  # fmt: skip
_KEY_MENU = (*(f"ease.{how.value}" for how in _EASINGS), "ease.straighten", "", "key.remove")


class LatentActions:
    """What the submenus of the Latent menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)
        time = window.bench.time
        self._select = Selecting(window.session, time.matrix)
        time.matrix.menuRequested.connect(self.show_cell_menu)
        time.curves.keyMenuRequested.connect(self.show_key_menu)
        window.bench.sliders.menuRequested.connect(self.show_slider_menu)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        can, choose, presenters = self._can, self._select, self._window.presenters
        keys, mute, operations = presenters.keys, presenters.mute, presenters.operations
        return {
            "select.edited": Behaviour(choose.edited, can.nothing_edited),
            "select.keyed": Behaviour(choose.keyed, self.no_key),
            "select.filled": Behaviour(choose.filled, can.no_motion),
            "select.kept": Behaviour(choose.kept, can.no_motion),
            "select.invert": Behaviour(choose.invert, can.no_motion),
            "key.add": Behaviour(keys.add, self.no_dims),
            "key.remove": Behaviour(keys.remove, self.no_target),
            "key.remove_all": Behaviour(keys.remove_all, self.no_key),
            **{
                f"ease.{how.value}": Behaviour(partial(keys.ease, how), self.no_target)
                for how in Easing
            },
            "ease.straighten": Behaviour(keys.straighten, self.no_target),
            **{
                f"change.{name}": Behaviour(partial(operations.open, name), can.no_motion)
                for name in ("gain", "smooth", "steady", "shift", "stretch", "seam")
            },
            "change.reverse": Behaviour(operations.reverse, can.no_motion),
            "latent.mute": Behaviour(mute.toggle, can.nothing_selected),
            "latent.solo": Behaviour(mute.solo, can.nothing_selected),
            "latent.unmute": Behaviour(mute.unmute, self.nothing_muted),
            "latent.groups": Behaviour(presenters.grouping.toggle_all, presenters.grouping.why_not),
            "latent.name": Behaviour(mute.ask_name, can.nothing_selected),
            "latent.pencil": Behaviour(self.toggle_pencil, can.no_motion),
            "latent.fit_rows": Behaviour(self.toggle_compact, can.no_motion),
        }  # fmt: skip

    def no_key(self) -> str:
        """There must be a key."""
        if reason := self._can.no_motion():
            return reason
        subject = self._window.session.active
        found = subject is not None and subject.track is not None and subject.track.keys
        return "" if found else "There are no keys yet: Ctrl+K adds one."

    def no_target(self) -> str:
        """There must be a key that an action can be about."""
        if reason := self.no_key():
            return reason
        found = self._window.presenters.keys.targets
        return "" if found else "Select keys in the curves, or go to a frame between two keys."

    def no_dims(self) -> str:
        """Dimensions must be selected or shown as curves."""
        if reason := self._can.no_motion():
            return reason
        found = self._window.presenters.keys.dims
        return "" if found else "Select dimensions of the motion matrix first."

    def nothing_muted(self) -> str:
        """A dimension must be muted."""
        if reason := self._can.no_motion():
            return reason
        return "" if self._window.presenters.mute.muted else "No dimension is muted."

    def toggle_pencil(self) -> None:
        """Take up the pencil, or put it away."""
        self._window.bench.time.matrix.pencil.toggle()

    def toggle_compact(self) -> None:
        """Fit all dimensions into the height, or make rows readable again."""
        self._window.bench.time.matrix.compact.toggle()

    def show_cell_menu(self, place: QPoint) -> None:
        """The menu of the selected cells."""
        self._popup(_CELL_MENU, place)

    def show_key_menu(self, _key: object, place: QPoint) -> None:
        """The menu of the selected keys: shapes of easing, drawn."""
        self._popup(_KEY_MENU, place)

    def show_slider_menu(self, dim: int, place: QPoint) -> None:
        """The menu of a dimension of the sliders."""
        subject = self._window.session.active
        if subject is not None and subject.track is not None:
            matrix = self._window.bench.time.matrix
            matrix.set_selection(range(len(subject.track.offset)), (dim,))
            matrix.selectionChanged.emit(matrix.view.chosen.rows, matrix.view.chosen.dims)
            self._popup(("key.add", "", "latent.mute", "latent.solo", "latent.unmute",
                         "latent.name"), place)  # fmt: skip

    def _popup(self, names: tuple[str, ...], place: QPoint) -> None:
        self._window.refresh_actions()
        menu = QMenu(self._window)
        menu.setToolTipsVisible(True)
        for name in names:
            if name:
                menu.addAction(self._window.actions_[name])
            else:
                menu.addSeparator()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
