"""The crop box on the picture: drag, and the document has another framing."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from motionstudio.core.crop_box import shown_box, squared
from motionstudio.core.moving_part import moving_part
from motionstudio.core.picture import Box
from motionstudio.document.change import Change
from motionstudio.document.commands import SetFraming
from motionstudio.document.subject import Framing, Subject
from motionstudio.document.view import ViewState
from motionstudio.gui.items.crop_layer import CropLayer
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.session import Session

_SPREAD = "What moves fills the picture: there is nothing to gain by cropping."


class CroppingPresenter(QObject):
    """Gestures of the layers -> ``SetFraming``, one step each; encoding follows by itself.

    Signals:
        changed: the tool, the box or what can be done are different.

    Args:
        session: shared parts.
        grid: the viewports, each of which gets a layer.
        parent: Qt parent.
    """

    changed = Signal()

    def __init__(self, session: Session, grid: ViewportGrid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.tool = False
        self._moving: tuple[str, Framing] | None = None
        self._square = True
        self.layers = tuple(CropLayer(viewport.canvas) for viewport in grid.viewports)
        for viewport, layer in zip(grid.viewports, self.layers, strict=True):
            layer.boxChanged.connect(self._on_box)
            layer.released.connect(self.release)
            layer.cancelled.connect(self.cancel)
            viewport.canvas.viewMoved.connect(layer.update)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        self.refresh()

    @property
    def framing(self) -> Framing:
        """That of the active subject, or the one that is being dragged."""
        subject = self._session.active
        if self._moving is not None and subject is not None and self._moving[0] == subject.id:
            return self._moving[1]
        return Framing() if subject is None else subject.framing

    @property
    def box(self) -> Box:
        """(y, x, height, width), the part that the model sees."""
        subject = self._session.active
        size = (1, 1) if subject is None else subject.clip.size
        return shown_box(size, self.framing.mode, self.framing.crop)

    @property
    def square(self) -> bool:
        """Whether the box stays square and fills the model's picture."""
        return self._square

    def why_not(self) -> str:
        """Why there is no crop box; empty where there is."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        return subject.media_problem

    def why_no_motion(self) -> str:
        """Why the moving part cannot be looked for; empty where it can."""
        if reason := self.why_not():
            return reason
        subject = self._session.active
        still = subject is None or subject.held or len(subject.clip) == 1
        return "A single picture has no motion of its own." if still else ""

    def why_no_reset(self) -> str:
        """Why there is no crop to take away; empty where there is."""
        if reason := self.why_not():
            return reason
        plain = self.framing.crop is None and not self.framing.angle
        whole = plain and self.framing.mode == "letterbox"
        return "The whole picture is used already." if whole else ""

    def set_tool(self, on: bool) -> None:
        """Show the box on the pictures, or take it off."""
        if on and (reason := self.why_not()):
            self._session.notices.say(reason)
            on = False
        if on:
            self._session.view.update(playing=False)
            # The whole picture is one big box that can be drawn smaller: a square then.
            framing = self.framing
            self._square = framing.mode == "crop" or framing.crop is None
        self.tool = on
        self.refresh()

    def set_square(self, on: bool) -> None:
        """A square that fills the model's picture, or any box, with edges repeated around it."""
        subject = self._session.active
        if subject is None or on == self._square:
            return
        self._square = on
        framing, box = self.framing, self.box
        if on:
            box = box if framing.angle else squared(box, subject.clip.size)
        if framing.crop is not None or on:
            self._put(subject, _framed(box, framing.angle, square=on))
        self.refresh()

    def around_motion(self) -> None:
        """Crop around what moves, with room around it."""
        subject = self._session.active
        if subject is None or self.why_no_motion():
            return
        work = partial(moving_part, subject.clip)
        self._session.media.submit(work, partial(self._on_part, subject.id))

    def reset(self) -> None:
        """Use the whole picture."""
        subject = self._session.active
        if subject is not None:
            self._moving, self._square = None, True
            self._put(subject, Framing())
            self.refresh()

    def release(self) -> None:
        """The hand let go: one step."""
        moving, self._moving = self._moving, None
        subject = None if moving is None else self._session.find(moving[0])
        if moving is not None and subject is not None:
            self._put(subject, moving[1])
        self.refresh()

    def cancel(self) -> bool:
        """Take the drag under way back; tells whether there was one."""
        moving, self._moving = self._moving, None
        self.refresh()
        return moving is not None

    def refresh(self) -> None:
        """Show the box where it is now."""
        subject = self._session.active
        size = None if subject is None or subject.media_problem else subject.clip.size
        box, angle, square = self.box, self.framing.angle, self._square
        for layer in self.layers:
            layer.show_box(size, box, angle, square=square, on=self.tool)
        self.changed.emit()

    def _on_box(self, box: Box, angle: float) -> None:
        subject = self._session.active
        if subject is not None:
            self._moving = (subject.id, _framed(box, angle, square=self._square))
            self.refresh()

    def _put(self, subject: Subject, framing: Framing) -> None:
        if framing == subject.framing or self._session.project.in_transaction:
            return
        label = f"Crop {subject.name}" if framing.crop else f"Use all of {subject.name}"
        self._session.push(SetFraming(subject.id, framing), label)

    def _on_part(self, subject_id: str, part: Any) -> None:
        subject = self._session.find(subject_id)
        if subject is None:
            return
        if isinstance(part, tuple):
            self._square = True
            self._put(subject, Framing("crop", part))
            self.refresh()
        elif part is None:
            self._session.notices.say(_SPREAD)
        else:
            self._session.notices.report(part)

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if change.kinds & {"framing", "subjects", "media"} and (
            active is None or change.subject_id in (None, active.id)
        ):
            self._moving = None
            if change.undo and active is not None and active.framing.crop is not None:
                self._square = active.framing.mode == "crop"
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._moving = None
            if self.tool:
                self.set_tool(not self.why_not())
            self.refresh()


def _framed(box: Box, angle: float, *, square: bool) -> Framing:
    return Framing("crop" if square else "letterbox", box, angle)
