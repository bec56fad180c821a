"""The Motion menu: time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from motionstudio.core.playback import Loop, Pace
from motionstudio.core.upsampling import FACTORS
from motionstudio.document.view import View
from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.presenters.dropping import edited_frames, keyed_frames
from motionstudio.gui.presenters.positions import why_no_upsampling

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("motion.play", "Play or pause", "Motion", "Play or pause", ("Space", "K"), "play"),
    ActionSpec("motion.slower", "Slower", "Motion", "Play slower", ("J",)),
    ActionSpec("motion.faster", "Faster", "Motion", "Play faster", ("L",)),
    ActionSpec("motion.back", "Previous frame", "Motion", "One frame back", (",",), "step-back",
               separated=True),
    ActionSpec("motion.on", "Next frame", "Motion", "One frame on", (".",), "step-forward"),
    ActionSpec("motion.previous_mark", "Previous marked frame", "Motion", "Go to the "
               "dropped, edited or keyed frame before this one", ("Shift+,", "<")),
    ActionSpec("motion.next_mark", "Next marked frame", "Motion", "Go to the next "
               "dropped, edited or keyed frame", ("Shift+.", ">")),
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
    ActionSpec("motion.own_rate", "Clip's own rate", "Motion/Playback", "Play at the clip's own "
               "rate, with its true frame times"),
    ActionSpec("motion.at_end_loop", "At the end: start again", "Motion/Playback", "Play round and "
               "round", icon="loop", checkable=True, separated=True),
    ActionSpec("motion.at_end_turn", "At the end: turn back", "Motion/Playback", "Play forth and "
               "back (ping-pong)", icon="ping-pong", checkable=True),
    ActionSpec("motion.at_end_stop", "At the end: stop", "Motion/Playback", "Play once",
               icon="play-once", checkable=True),
    ActionSpec("motion.real_time", "Real time", "Motion/Playback", "Keep to the clock and skip "
               "frames rather than run late", icon="clock", checkable=True, separated=True),
    ActionSpec("motion.every_frame", "Every frame", "Motion/Playback", "Show every frame and run "
               "late rather than skip", checkable=True),
    *(ActionSpec(f"motion.between_{factor}", title, "Motion/In-between frames", tip,
                 checkable=True)
      for factor, title, tip in (
          (1, "Off", "Show only the clip's own frames"),
          (2, "2×", "Two pictures for each frame; the model draws those in between"),
          (4, "4×", "Four pictures for each frame; the model draws those in between"),
          (8, "8×", "Eight pictures for each frame; the model draws those in between"))),
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
            "motion.own_rate": Behaviour(lambda: playback.set_fps(None), self._own_rate_already),
            **self._choices(),
        }

    def _choices(self) -> dict[str, Behaviour]:
        """What is one of several: the end, skipping, frames in between."""
        playback, view = self._window.presenters.playback, self._window.session.view
        table: dict[str, Behaviour] = {}
        for name, loop in (("loop", Loop.LOOP), ("turn", Loop.PING_PONG), ("stop", Loop.ONCE)):
            table[f"motion.at_end_{name}"] = Behaviour(
                partial(playback.set_loop, loop),
                checked=partial(_holds, view, "loop", loop),
            )
        for name, pace in (("real_time", Pace.REAL_TIME), ("every_frame", Pace.EVERY_FRAME)):
            table[f"motion.{name}"] = Behaviour(
                partial(playback.set_real_time, pace is Pace.REAL_TIME),
                checked=partial(_holds, view, "pace", pace),
            )
        for factor in FACTORS:
            table[f"motion.between_{factor}"] = Behaviour(
                partial(playback.set_upsampling, factor),
                self._no_upsampling,
                checked=partial(_holds, view, "upsampling", factor),
            )
        return table

    def _own_rate_already(self) -> str:
        already = self._window.session.view.state.fps is None
        return self._can.no_time() or ("The clip plays at its own rate." if already else "")

    def _no_upsampling(self) -> str:
        subject = self._window.session.active
        return self._can.no_time() or (why_no_upsampling(subject) if subject else "")

    def go_to_mark(self, step: int) -> None:
        """Go to the next frame in direction ``step`` that is dropped, edited or keyed."""
        session, subject = self._window.session, self._window.session.active
        if subject is None:
            return
        marks = np.flatnonzero(~subject.kept | edited_frames(subject) | keyed_frames(subject))
        ahead = [int(t) for t in marks if (t - session.playhead) * step > 0]
        if ahead:
            self._window.presenters.playback.go(min(ahead) if step > 0 else max(ahead))
        else:
            session.notices.say("There is no dropped, edited or keyed frame in this direction.")


def _holds(view: View, name: str, value: object) -> bool:
    return bool(getattr(view.state, name) == value)
