"""What every presenter is given: the document, the view on it, and who answers questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from PySide6.QtCore import QTimer, SignalInstance

from motionstudio.core.errors import MotionStudioError
from motionstudio.document.change import Command
from motionstudio.document.project import Project
from motionstudio.document.subject import Subject
from motionstudio.document.view import Selection, View
from motionstudio.engine.requests import DecodeRequest, Lane, Request
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.gui.notifications import NoticeCentre
from motionstudio.gui.presenters.catalogue import Catalogue
from motionstudio.gui.presenters.media_store import MediaStore
from motionstudio.gui.presenters.view_mode import is_edit, why_no_edit
from motionstudio.gui.settings import SettingsStore
from motionstudio.models.base import ModelCard

_SOON_MS = 60


class Engine(Protocol):
    """What presenters need of ``EngineBridge``; tests put a fake in its place."""

    @property
    def responseReady(self) -> SignalInstance:
        """A ``Response``, in the order in which they were made."""

    @property
    def deviceChanged(self) -> SignalInstance:
        """Name of the device and why."""

    @property
    def busyChanged(self) -> SignalInstance:
        """Whether anything waits or runs."""

    def post(self, request: Request) -> None:
        """Ask for something."""

    def cancel(self, lane: Lane, subject: str | None = None, topic: str | None = None) -> None:
        """Cancel a lane, of one subject or topic when given."""

    def lookup(self, request: DecodeRequest, frame: int) -> FrameReady | None:
        """The final picture if it is at hand."""

    def is_current(self, response: Response) -> bool:
        """False when a newer request was posted in the lane."""


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """The parts that presenters share.

    Attributes:
        project: the document. ``view``: what people look at.
        engine: answers requests. ``media``: true frames. ``catalogue``: checkpoints.
        settings: what is remembered. ``notices``: where sentences for people go.
    """

    engine: Engine
    media: MediaStore
    settings: SettingsStore
    notices: NoticeCentre
    catalogue: Catalogue = field(default_factory=Catalogue)
    project: Project = field(default_factory=Project)
    view: View = field(default_factory=View)

    @property
    def active(self) -> Subject | None:
        """The subject that is shown, or None."""
        return self.find(self.view.state.active)

    def find(self, subject_id: str | None) -> Subject | None:
        """A subject by id, or None."""
        return None if subject_id is None else self.project.state.find(subject_id)

    def show(self, subject_id: str | None) -> None:
        """Look at another subject, from its first frame, at its own rate, nothing selected."""
        self.view.update(
            active=subject_id, playhead=0, play_range=None, fps=None, speed=1.0,
            selection=Selection(),
        )  # fmt: skip

    @property
    def selection(self) -> Selection:
        """The selected cells that the active subject's matrix has."""
        subject, chosen = self.active, self.view.state.selection
        if subject is None or subject.track is None:
            return Selection()
        rows, dims = subject.track.offset.shape
        return Selection(
            tuple(row for row in chosen.rows if row < rows),
            tuple(dim for dim in chosen.dims if dim < dims),
        )

    def card(self, subject: Subject | None) -> ModelCard | None:
        """The card of a subject's checkpoint, or None."""
        return None if subject is None else self.catalogue.card(subject.model)

    @property
    def playhead(self) -> int:
        """The frame that was asked for, within the active subject."""
        subject = self.active
        last = 0 if subject is None else len(subject.clip) - 1
        return min(max(self.view.state.playhead, 0), last)

    def push(self, command: Command, label: str = "") -> None:
        """Do a command as one step; what a user can mend becomes a notice.

        Args:
            command: what to do.
            label: the step's name for people where the command's own will not do.
        """
        edited = self.find(getattr(command, "subject_id", None)) if is_edit(command) else None
        if reason := why_no_edit(self.card(edited)):
            self.notices.say(reason)
            return
        with self.reported():
            if label and not self.project.in_transaction:
                with self.project.transaction(label):
                    self.project.push(command)
            else:
                self.project.push(command)

    def after_gesture(self, work: Callable[[], object]) -> None:
        """Do ``work`` now, or once the gesture under way has ended: it is no part of that."""
        if self.project.in_transaction:
            QTimer.singleShot(_SOON_MS, self.notices, partial(self.after_gesture, work))
        else:
            work()

    @contextmanager
    def reported(self) -> Iterator[None]:
        """A block whose ``MotionStudioError`` becomes a notice."""
        try:
            yield
        except MotionStudioError as error:
            self.notices.report(error)
