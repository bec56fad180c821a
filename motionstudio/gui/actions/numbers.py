"""The Latent menu: the values of the motion matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("latent.reset", "Reset selection", "Latent", "Put the selected values, or those of "
               "this frame, back to what was encoded", ("R", "Del"), "reset"),
    ActionSpec("latent.reset_all", "Reset all edits", "Latent", "Put every value back to what was "
               "encoded", ("Shift+R",)),
    ActionSpec("latent.neutral", "Neutral", "Latent", "Take the selected values, or those of this "
               "frame, to zero: no motion", ("N",)),
    ActionSpec("latent.select_all", "Select all values", "Latent", "Select the whole matrix",
               ("Ctrl+A",), separated=True),
    ActionSpec("latent.select_none", "Clear the selection", "Latent", "Select nothing", ()),
)  # fmt: skip


class NumberActions:
    """What the actions of the Latent menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action of the menu, by name."""
        latent = self._window.presenters.latent
        return {
            "latent.reset": Behaviour(latent.reset_selection, self._can.nothing_edited),
            "latent.reset_all": Behaviour(latent.reset_all, self._can.nothing_edited),
            "latent.neutral": Behaviour(latent.neutral, self._can.no_motion),
            "latent.select_all": Behaviour(
                lambda: self.select(everything=True), self._can.no_motion
            ),
            "latent.select_none": Behaviour(
                lambda: self.select(everything=False), self._can.nothing_selected
            ),
        }

    def select(self, *, everything: bool) -> None:
        """Select the whole matrix, or nothing."""
        matrix, subject = self._window.bench.time.matrix, self._window.session.active
        if subject is None or subject.track is None:
            return
        rows, dims = subject.track.offset.shape if everything else (0, 0)
        matrix.set_selection(range(rows), range(dims))
        matrix.selectionChanged.emit(tuple(range(rows)), tuple(range(dims)))
