"""The Frames menu: which frames the model sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.document.carry_commands import started_from
from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("drop.toggle", "Drop or restore frame", "Frames", "Withhold the frame under the "
               "pointer, the selected or the current frames from the model, or give them back",
               ("D",), "drop"),
    ActionSpec("drop.every_2nd", "Keep every 2nd frame", "Frames", "Drop every second frame; the "
               "model fills them in", ("Shift+D",), "every-second", separated=True),
    ActionSpec("drop.every_3rd", "Keep every 3rd frame", "Frames", "Keep frames 0, 3, 6, …; the "
               "model fills in the rest", ()),
    ActionSpec("drop.every_4th", "Keep every 4th frame", "Frames", "Keep frames 0, 4, 8, …; the "
               "model fills in the rest", ()),
    ActionSpec("drop.every_8th", "Keep every 8th frame", "Frames", "Keep frames 0, 8, 16, …; the "
               "model fills in the rest", ()),
    ActionSpec("drop.outside", "Drop outside the range", "Frames", "Drop all frames outside the "
               "play range", ()),
    ActionSpec("drop.restore", "Restore all frames", "Frames", "Give every dropped frame back to "
               "the model", ("Ctrl+Shift+D",), "restore", separated=True),
    ActionSpec("drop.reference", "Start all motion here", "Frames", "Make the current frame the "
               "reference that is animated", (), "lock", separated=True),
)  # fmt: skip


class FrameActions:
    """What the actions of the Frames menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action of the menu, by name."""
        drop, still = self._window.presenters.drop, self._can.nothing_observed
        return {
            "drop.toggle": Behaviour(self.toggle_drop, still),
            "drop.every_2nd": Behaviour(lambda: drop.keep_every(2), still),
            "drop.every_3rd": Behaviour(lambda: drop.keep_every(3), still),
            "drop.every_4th": Behaviour(lambda: drop.keep_every(4), still),
            "drop.every_8th": Behaviour(lambda: drop.keep_every(8), still),
            "drop.outside": Behaviour(drop.drop_outside_range, self._can.no_range),
            "drop.restore": Behaviour(drop.restore_all, self._can.nothing_dropped),
            "drop.reference": Behaviour(self.make_reference, self._no_reference),
        }

    def _no_reference(self) -> str:
        """A still has one where a motion that was carried over drives it."""
        subject = self._window.session.active
        driven = subject is not None and started_from(subject, 0) is not None
        return "" if driven else self._can.nothing_observed()

    def toggle_drop(self) -> None:
        """Drop or restore the frame under the pointer, the selected frames or the current one."""
        session, timeline = self._window.session, self._window.bench.timeline
        under = timeline.hovered_frame()
        rows = session.selection.rows
        frames = (under,) if under is not None else rows or (session.playhead,)
        self._window.presenters.drop.toggle(tuple(frames))

    def make_reference(self) -> None:
        """Let all motion start from the current frame."""
        self._window.presenters.drop.make_reference(self._window.session.playhead)
