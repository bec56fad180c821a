"""The final fields of all frames of the active subject, as they become known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.core.picture_rows import pictures_of_frames
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.overlay_requests import FieldsRequest
from motionstudio.engine.planner import plan
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.gui.presenters.overlay_requests import as_kind, final_request
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.resolve import frames_of_change
from motionstudio.gui.presenters.session import Session

_KINDS = {"subjects", "latent", "encoding", "model", "framing", "reference"}
_PAUSE_MS = 60
_AT_ONCE = 100


class FieldStore(QObject):
    """Final pictures at hand -> their fields, each once; asks for what is missing at rest.

    It does nothing until somebody wants fields, and keeps none: whoever listens takes from each
    what it needs.

    Signals:
        fieldReady: a frame and its ``FrameReady``, with the fields that the model makes.
        outdated: frames (tuple) whose fields are others now, or None: all of them.
    """

    fieldReady = Signal(int, object)
    outdated = Signal(object)

    def __init__(
        self, session: Session, pictures: PicturesPresenter, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._known: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._wanted: set[str] = set()
        self._asked: int | None = None
        self._looked = 0
        self._resting = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._collect)
        pictures.cachedChanged.connect(self._on_cached)
        pictures.rested.connect(self._on_rest)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        session.engine.responseReady.connect(self._on_response)

    def want(self, who: str, on: bool) -> None:
        """Whether ``who`` needs the fields of all frames."""
        before = bool(self._wanted)
        (self._wanted.add if on else self._wanted.discard)(who)
        if on and not before:
            self._forget(None)

    def again(self) -> None:
        """Tell of every field once more, because somebody measures something else now."""
        self._forget(None)

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._timer.stop()
        self._wanted.clear()

    def _forget(self, frames: tuple[int, ...] | None) -> None:
        subject = self._session.active
        count = 0 if subject is None else len(subject.clip)
        if len(self._known) != count or frames is None:
            self._known, frames = np.zeros(count, np.bool_), None
        else:
            self._known[[f for f in frames if f < count]] = False
        self._asked, self._looked = None, 0
        self.outdated.emit(frames)
        self._later()

    def _later(self) -> None:
        if self._wanted and not self._timer.isActive():
            self._timer.start(_PAUSE_MS)

    def _on_cached(self, _mask: object) -> None:
        self._later()

    def _on_rest(self) -> None:
        self._resting = True
        self._later()

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if not change.kinds & _KINDS or (
            active is not None and change.subject_id not in (None, active.id)
        ):
            return
        self._resting = False
        self._forget(frames_of_change(change, active))

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._resting = False
            self._forget(None)

    def _collect(self) -> None:
        """Tell of what is at hand, some at a time; at rest ask for what is not."""
        subject = self._session.active
        request = None if subject is None else final_request(self._session, subject)
        if subject is None or request is None or not self._wanted:
            return
        order = plan(len(self._known), self._session.playhead)
        unknown = [t for t in order if not self._known[t]]
        chunk = unknown[self._looked : self._looked + _AT_ONCE]
        rows = _rows(subject)
        for frame in chunk:
            ready = self._session.engine.lookup(request, rows[frame])
            if ready is not None:
                self._tell(ready, frame)
        missed = sum(not self._known[frame] for frame in chunk)
        self._looked += missed
        if len(unknown) > self._looked + len(chunk) - missed:
            self._timer.start(0)
            return
        self._looked = 0
        missing = tuple(t for t in unknown if not self._known[t])
        if missing and self._resting and self._asked is None:
            self._ask(missing)

    def _ask(self, frames: tuple[int, ...]) -> None:
        subject = self._session.active
        if subject is None:
            return
        rows = _rows(subject)
        asked = tuple(dict.fromkeys(rows[frame] for frame in frames))
        request = final_request(self._session, subject, asked)
        if request is not None and not self._session.view.state.playing:
            wanted = as_kind(FieldsRequest, request)
            self._asked = wanted.id
            self._session.engine.post(wanted)

    def _on_response(self, response: Response) -> None:
        if response.id != self._asked or self._asked is None:
            return
        subject = self._session.active
        if isinstance(response, FrameReady) and subject is not None:
            for frame, row in enumerate(_rows(subject)):
                if row == response.frame:
                    self._tell(response, frame)
        elif not isinstance(response, FrameReady):
            self._asked = None

    def _tell(self, ready: FrameReady, frame: int) -> None:
        if frame < len(self._known) and not self._known[frame]:
            self._known[frame] = True
            self.fieldReady.emit(frame, ready)


def _rows(subject: Subject) -> list[int]:
    """The row whose picture is that of each frame."""
    if subject.track is None:
        return list(range(len(subject.clip)))
    return [int(row) for row in pictures_of_frames(subject.track.base)]
