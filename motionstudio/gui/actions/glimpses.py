"""The part of the Model menu about pictures that are drawn in glimpses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_MENU = "Model/Glimpses"
SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("glimpse.open", "Draw this frame", _MENU, "Make the drawing of the picture at the "
               "playhead: the timeline becomes its glimpses, the pictures its canvases"),
    ActionSpec("glimpse.resample", "Resample from here…", _MENU, "Draw the glimpses from the "
               "playhead on anew from what the model has learned; earlier ones stay"),
    ActionSpec("glimpse.morph", "Morph into…", _MENU, "Make a clip that leads from this drawing "
               "to another, glimpse by glimpse"),
)  # fmt: skip


class GlimpseActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        glimpses = self._window.presenters.overlays.glimpses
        return {
            "glimpse.open": Behaviour(glimpses.open, glimpses.why_not_open),
            "glimpse.resample": Behaviour(self.resample, glimpses.why_not_redraw),
            "glimpse.morph": Behaviour(self.morph, glimpses.why_not_morph),
        }

    def resample(self) -> None:
        """Ask for a seed, then draw the rest anew."""
        from motionstudio.gui.dialogs.glimpse_options import ask_redraw

        session = self._window.session
        if session.active is None:
            return
        choice = ask_redraw(session.playhead, len(session.active.clip), self._window)
        if choice is not None:
            self._window.presenters.overlays.glimpses.redraw(choice.seed, choice.spread)

    def morph(self) -> None:
        """Ask which drawing to become, then make the clip."""
        from motionstudio.gui.dialogs.glimpse_options import ask_morph

        glimpses = self._window.presenters.overlays.glimpses
        names = tuple((subject.id, subject.name) for subject in glimpses.partners())
        choice = ask_morph(names, self._window) if names else None
        if choice is not None:
            glimpses.morph(choice.other, choice.count)
