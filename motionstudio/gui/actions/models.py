"""The Model menu: what the model does and is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.presenters.library import model_facts
from motionstudio.models.base import Capability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("model.find", "Find motion", "Model", "Look for the motion of this clip after "
               "that was cancelled"),
    ActionSpec("model.refine", "Refine", "Model", "Fit the motion to the kept frames, step by "
               "step; one undo takes it back", ("Ctrl+R",), "model", short="Refine"),
    ActionSpec("model.sample", "New motion…", "Model", "Draw a new motion for this picture from "
               "what the model has learned", ("Ctrl+Shift+N",), "film"),
    ActionSpec("model.live", "Drive live…", "Model", "Let a camera or a clip move this picture "
               "live, and record that as a motion", ("Ctrl+L",), "live", separated=True),
    ActionSpec("model.compare", "Compare models…", "Model", "See this clip made again by several "
               "models side by side, with errors and latent paths", ("Ctrl+Alt+M",), "layout-4"),
    ActionSpec("model.train", "Train…", "Model", "Train a model on your own clips, in a process of "
               "its own", ("Ctrl+Alt+T",), "learn", separated=True),
    ActionSpec("model.use", "Use the trained model", "Model", "Encode this clip with the model "
               "that the Training pane shows", ()),
    ActionSpec("model.info", "About this model…", "Model", "What the model is, was made from and "
               "can do", (), "info", separated=True),
)  # fmt: skip


class ModelActions:
    """What the actions of the Model menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action of the menu, by name."""
        fitting = self._window.presenters.fitting
        training = self._window.presenters.training
        encoding = self._window.presenters.encoding
        return {
            "model.find": Behaviour(encoding.resume, encoding.why_no_resume),
            "model.refine": Behaviour(
                fitting.refine, lambda: self._can.needs(Capability.REFINE, "Refine")
            ),
            "model.sample": Behaviour(
                self.sample, lambda: self._can.needs(Capability.SAMPLE, "New motion")
            ),
            "model.live": Behaviour(
                self._window.presenters.live.open, self._window.presenters.live.why_not
            ),
            "model.compare": Behaviour(
                self._window.presenters.compare.open, self._window.presenters.compare.why_not
            ),
            "model.train": Behaviour(training.ask, training.why_not),
            "model.use": Behaviour(training.use, training.why_not_use),
            "model.info": Behaviour(self.model_info, self._can.no_clip),
        }

    def sample(self) -> None:
        """Ask how and draw a new motion."""
        from motionstudio.gui.dialogs.sample_options import ask_sample_options

        choice = ask_sample_options(self._window)
        if choice is not None:
            self._window.presenters.fitting.sample(
                mode=choice.mode, temperature=choice.temperature, seed=choice.seed
            )

    def model_info(self) -> None:
        """Show the card of the model in use."""
        session = self._window.session
        card = session.card(session.active)
        if card is None:
            session.notices.say("No model is chosen for this clip.")
            return
        facts = model_facts(card)
        lines = [
            facts.title,
            facts.subtitle,
            card.summary,
            "",
            f"Can: {', '.join(facts.capabilities)}",
        ]
        lines += [f"{fact.label}: {fact.value}" for fact in (*facts.data, *facts.metrics)]
        self._window.behaviours.helps.show_text("About this model", "\n".join(lines))
