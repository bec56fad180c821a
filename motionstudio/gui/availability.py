"""Why something cannot be done now: one sentence each, empty where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.dropping import HELD
from motionstudio.gui.presenters.encoding import SINGLE_PICTURE
from motionstudio.models.base import Capability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_NOTHING_OPEN = "Open a clip first."
_NOT_ENCODED = "The motion of this clip is not known yet."


class Availability:
    """What can be done in a window at the moment.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def no_clip(self) -> str:
        """A subject must be open."""
        return "" if self._window.session.active is not None else _NOTHING_OPEN

    def no_motion(self) -> str:
        """It must be encoded."""
        subject = self._window.session.active
        if subject is None:
            return _NOTHING_OPEN
        if subject.track is not None:
            return ""
        return _NOT_ENCODED if len(subject.clip) > 1 else SINGLE_PICTURE

    def no_media(self) -> str:
        """Its pictures must be at hand, and those that it was encoded from."""
        subject = self._window.session.active
        return "" if subject is None else subject.media_problem

    def no_time(self) -> str:
        """It must have more than one frame."""
        subject = self._window.session.active
        if subject is None:
            return _NOTHING_OPEN
        return "" if len(subject.clip) > 1 else "A single picture has no time."

    def nothing_observed(self) -> str:
        """Its frames must be true ones: a still that is animated was never observed to move."""
        if reason := self.no_time():
            return reason
        subject = self._window.session.active
        return HELD if subject is not None and subject.held else ""

    def nothing_dropped(self) -> str:
        """A frame must be dropped."""
        subject = self._window.session.active
        if subject is None:
            return _NOTHING_OPEN
        return "No frame is dropped." if bool(subject.kept.all()) else ""

    def nothing_edited(self) -> str:
        """A value must be edited."""
        subject = self._window.session.active
        if self.no_motion() or subject is None or subject.track is None:
            return self.no_motion()
        return "" if subject.track.is_edited else "Nothing was edited."

    def nothing_selected(self) -> str:
        """Cells must be selected."""
        if reason := self.no_motion():
            return reason
        empty = self._window.session.selection.is_empty
        return "Select cells of the motion matrix first." if empty else ""

    def needs(self, capability: Capability, what: str) -> str:
        """The model must be able to do ``what``."""
        if reason := self.no_motion() or self.no_media():
            return reason
        session = self._window.session
        if capability is Capability.REFINE and (reason := self.nothing_observed()):
            return reason
        if self._window.presenters.fitting.running:
            return "Wait for the running task, or cancel it."
        return missing_reason(session.card(session.active), capability, what)

    def no_field(self, capability: Capability, what: str) -> str:
        """The model of the clip must give the field that ``what`` shows."""
        if reason := self.no_clip():
            return reason
        session = self._window.session
        return missing_reason(session.card(session.active), capability, what)

    def no_export(self) -> str:
        """There must be something to export, and no export under way."""
        running = self._window.presenters.exporting.running
        return "An export is running." if running else self.no_motion() or self.no_media()

    def no_range(self) -> str:
        """There must be a play range."""
        if reason := self.no_time():
            return reason
        none = self._window.session.view.state.play_range is None
        return "Set a play range first: Shift-drag on the ruler, or I and O." if none else ""

    def no_picture(self) -> str:
        """There must be a generated picture."""
        shown = self._window.presenters.pictures.shown
        return "" if shown is not None else "There is no generated picture yet."
