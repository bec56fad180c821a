"""Drawings on the timeline: in each cell the canvas after its glimpse, or a finished picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer

from motionstudio.core.motion import RowKind
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.drawing_requests import CanvasesRequest
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Response, Thumbnail
from motionstudio.gui.items.pixel_image import to_image
from motionstudio.gui.panes.timeline import Timeline
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session

_SIDE = 48
_SETTLED_MS = 60
_KINDS = {"subjects", "latent", "encoding", "model", "framing", "reference"}


class CanvasPresenter(QObject):
    """Glimpses -> ``CanvasesRequest`` -> small pictures in the cells, anew after every edit.

    Args:
        session: shared parts.
        timeline: shows them.
        parent: Qt parent.
    """

    def __init__(self, session: Session, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._timeline = session, timeline
        self._asked = -1
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SETTLED_MS)
        self._later.timeout.connect(self._ask)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        session.media.factsReady.connect(self._on_facts)
        session.engine.responseReady.connect(self._on_response)

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._later.stop()
        self._asked = -1
        self._session.engine.cancel(Lane.EXPLORE, topic=CanvasesRequest.topic)

    def _ask(self) -> None:
        subject = self._session.active
        request = None if subject is None else self._request(subject)
        self._asked = -1 if request is None else request.id
        if request is not None:
            self._session.engine.post(request)

    def _request(self, subject: Subject) -> CanvasesRequest | None:
        facts, card = self._session.media.facts(subject), self._session.card(subject)
        track = subject.track
        if facts is None or card is None or track is None or not shows_canvases(subject):
            return None
        return CanvasesRequest(
            subject=subject.id,
            revision=self._session.project.revision,
            model=subject.model,
            rows=np.asarray(track.values, np.float32),
            source=facts.reference,
            transform=transform_of(subject, facts, card),
            side=_SIDE,
            model_hash=track.base.model_hash,
            state=track.base.state,
            every=_each(subject),
        )

    def _on_response(self, response: Response) -> None:
        if isinstance(response, Thumbnail) and response.id == self._asked:
            active = self._session.active
            if active is not None and shows_canvases(active):
                frame = response.index // _each(active)
                self._timeline.set_thumbnail(frame, to_image(response.picture))

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        concerns = active is not None and change.subject_id in (None, active.id)
        if concerns and change.kinds & _KINDS:
            self._later.start()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            # What was asked about another subject must not arrive in this one's cells.
            self._asked = -1
            self._later.start()

    def _on_facts(self, _subject_id: str) -> None:
        self._later.start()


def shows_canvases(subject: Subject) -> bool:
    """Whether the true picture says nothing: a still that is drawn, or a way between two."""
    track = subject.track
    return subject.held and track is not None and track.base.rows is RowKind.GLIMPSE


def _each(subject: Subject) -> int:
    """Rows of each frame."""
    count = 0 if subject.track is None else len(subject.track.offset)
    return max(1, count // len(subject.clip))
