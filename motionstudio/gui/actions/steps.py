"""The part of the Model menu about models whose rows lead from one frame to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.document.step_commands import StepFromTruth, keeps_truth, steps_from_truth
from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.presenters.correlating import PANE

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_MENU = "Model/Steps"
SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("steps.from_truth", "Start each step from the true frame", _MENU, "See what each "
               "step does by itself; else it goes on from the picture made before it",
               checkable=True),
    ActionSpec("steps.correlation", "Which shapes move together?", _MENU, "Draw futures of the "
               "reference frame and follow its labelled shapes into them", (), "correlation"),
)  # fmt: skip


class StepActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        correlating = self._window.presenters.correlating
        return {
            "steps.from_truth": Behaviour(self.toggle, self.why_not, self.is_on),
            "steps.correlation": Behaviour(self.correlate, correlating.why_not),
        }

    def toggle(self) -> None:
        """Start steps from true frames, or from made pictures again."""
        session = self._window.session
        subject = session.active
        if subject is not None and keeps_truth(subject):
            session.push(StepFromTruth(subject.id, not steps_from_truth(subject)))

    def why_not(self) -> str:
        """Why there is no such choice; empty where there is."""
        subject = self._window.session.active
        if subject is None:
            return "Open a clip first."
        if subject.track is None or not subject.has_motion:
            return "The motion of this clip is not known yet."
        if keeps_truth(subject):
            return ""
        return "This motion has no true frames that its steps could start from."

    def is_on(self) -> bool:
        """Whether steps start from true frames."""
        subject = self._window.session.active
        return subject is not None and steps_from_truth(subject)

    def correlate(self) -> None:
        """Show the pane, and draw."""
        self._window.bench.show_pane(PANE)
        self._window.presenters.correlating.draw()
