"""The part of the Model menu about how a clip may go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_MENU = "Model/Futures"
SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("future.go_on", "Continue the clip", _MENU, "Let the model go on after the frame "
               "at the playhead, in several ways side by side", ("Ctrl+Alt+F",), "future"),
    ActionSpec("future.stop", "Stop continuing", _MENU, "Make no more of the futures under way; "
               "what is made stays in sight"),
    ActionSpec("future.keep", "Keep as clip", _MENU, "Make a clip of the chosen future and the "
               "frames before it"),
)  # fmt: skip


class FutureActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        futures = self._window.presenters.predicting
        return {
            "future.go_on": Behaviour(futures.open, futures.why_not),
            "future.stop": Behaviour(
                futures.stop, lambda: "" if futures.running else "No future is being made."
            ),
            "future.keep": Behaviour(futures.keep, futures.why_not_keep),
        }
