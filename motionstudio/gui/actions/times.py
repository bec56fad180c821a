"""The Motion menu: time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.presenters.dropping import edited_frames

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("motion.play", "Play or pause", "Motion", "Play or pause", ("Space", "K"), "play"),
    ActionSpec("motion.slower", "Slower", "Motion", "Play slower", ("J",)),
    ActionSpec("motion.faster", "Faster", "Motion", "Play faster", ("L",)),
    ActionSpec("motion.back", "Previous frame", "Motion", "One frame back", (",",), "step-back",
               separated=True),
    ActionSpec("motion.on", "Next frame", "Motion", "One frame on", (".",), "step-forward"),
    ActionSpec("motion.previous_mark", "Previous dropped or edited frame", "Motion", "Go to the "
               "dropped or edited frame before this one", ("Shift+,", "<")),
    ActionSpec("motion.next_mark", "Next dropped or edited frame", "Motion", "Go to the next "
               "dropped or edited frame", ("Shift+.", ">")),
    ActionSpec("motion.start", "Start of the range", "Motion", "Go to the start of the play range",
               ("Home",), "start"),
    ActionSpec("motion.end", "End of the range", "Motion", "Go to the end of the play range",
               ("End",), "end"),
    ActionSpec("motion.mark_in", "Start the range here", "Motion", "The play range starts at this "
               "frame", ("I",), separated=True),
    ActionSpec("motion.mark_out", "End the range here", "Motion", "The play range ends at this "
               "frame", ("O",)),
    ActionSpec("motion.clear_range", "Play all frames", "Motion", "Remove the play range",
               ("Shift+I", "Shift+O")),
)  # fmt: skip


class TimeActions:
    """What the actions of the Motion menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action of the menu, by name."""
        playback, still = self._window.presenters.playback, self._can.no_time
        return {
            "motion.play": Behaviour(playback.toggle, still),
            "motion.slower": Behaviour(playback.slower, still),
            "motion.faster": Behaviour(playback.faster, still),
            "motion.back": Behaviour(lambda: playback.step(-1), still),
            "motion.on": Behaviour(lambda: playback.step(1), still),
            "motion.previous_mark": Behaviour(lambda: self.go_to_mark(-1), still),
            "motion.next_mark": Behaviour(lambda: self.go_to_mark(1), still),
            "motion.start": Behaviour(playback.start, still),
            "motion.end": Behaviour(playback.end, still),
            "motion.mark_in": Behaviour(playback.mark_in, still),
            "motion.mark_out": Behaviour(playback.mark_out, still),
            "motion.clear_range": Behaviour(lambda: playback.set_range(None), self._can.no_range),
        }

    def go_to_mark(self, step: int) -> None:
        """Go to the next frame in direction ``step`` that is dropped or edited."""
        session, subject = self._window.session, self._window.session.active
        if subject is None:
            return
        marks = np.flatnonzero(~subject.kept | edited_frames(subject))
        ahead = [int(t) for t in marks if (t - session.playhead) * step > 0]
        if ahead:
            self._window.presenters.playback.go(min(ahead) if step > 0 else max(ahead))
        else:
            session.notices.say("There is no dropped or edited frame in this direction.")
