"""How sure the model is of the frame on screen, for viewports that show it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer

from motionstudio.core.display import round_up
from motionstudio.core.motion import Float
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.fit_requests import UncertaintyRequest
from motionstudio.engine.fit_responses import UncertaintyReady
from motionstudio.engine.responses import Cancelled, Failed, Response
from motionstudio.gui.items.layers import Content
from motionstudio.gui.panes.motion_tools import FEWEST, MOST
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session

SAMPLES = 16
_PERCENTILE = 99.5
_NO_STD = "This motion has no uncertainty: it was drawn or carried over, not found from frames."
_CERTAIN = "This motion has no uncertainty: {0} finds one for each frame, and no spread around it."
_UNKNOWN = "The motion of this clip is not known yet."


class UncertaintyPresenter(QObject):
    """Playhead at rest -> ``UncertaintyRequest`` -> viewports whose content it is.

    The samples of a frame come from a fixed seed, so the same motion gives the same picture.
    """

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        pictures: PicturesPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid = session, grid
        self._asked: int | None = None
        self._known: tuple[str, int, int] | None = None
        self._limit, self._on = 0.0, False
        self.count = SAMPLES
        pictures.rested.connect(self.measure)
        grid.contentChanged.connect(self._on_content)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        session.engine.responseReady.connect(self._on_response)
        self.refresh()

    def refresh(self) -> None:
        """Allow the content where the motion has a std, and say why not elsewhere."""
        self._grid.set_available(Content.UNCERTAINTY, self.why_not())

    def why_not(self) -> str:
        """Why there is no uncertainty; empty where there is."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        if subject.track is None or not subject.has_motion:
            return _UNKNOWN
        if subject.held or subject.draws:
            return _NO_STD
        return _CERTAIN.format(subject.model) if subject.track.base.std is None else ""

    def set_count(self, count: int) -> None:
        """Draw this many samples of each frame."""
        self.count = min(max(count, FEWEST), MOST)
        self._forget()
        self.measure()

    def measure(self) -> None:
        """Draw samples of the frame on screen where a viewport shows them and lacks them."""
        session, subject = self._session, self._session.active
        if subject is None or self.why_not() or not self._is_shown() or session.view.state.playing:
            return
        wanted = (subject.id, session.playhead, self.count)
        if self._asked is None and self._known != wanted:
            request = self._request(subject)
            if request is not None:
                self._asked = request.id
                self._known = wanted
                session.engine.post(request)

    def _request(self, subject: Subject) -> UncertaintyRequest | None:
        session, track = self._session, subject.track
        card, facts = session.card(subject), session.media.facts(subject)
        if card is None or facts is None or track is None:
            return None
        return UncertaintyRequest(
            subject=subject.id,
            revision=session.project.revision,
            model=subject.model,
            motion=track.motion(),
            source=facts.reference,
            transform=transform_of(subject, facts, card),
            frame=int(rows_of_frames(track.base)[session.playhead]),
            count=self.count,
        )

    def _is_shown(self) -> bool:
        return any(viewport.content is Content.UNCERTAINTY for viewport in self._grid.shown)

    def _on_response(self, response: Response) -> None:
        if response.id != self._asked:
            return
        if isinstance(response, UncertaintyReady):
            self._asked = None
            subject = self._session.active
            wanted = None if subject is None else (subject.id, self._session.playhead, self.count)
            if self._known == wanted:
                self._show(response.std, response.count)
            else:
                self._known = None
                self.measure()
        elif isinstance(response, Failed | Cancelled):
            self._asked, self._known = None, None
            if isinstance(response, Cancelled):
                self.measure()

    def _show(self, std: Float, count: int) -> None:
        top = float(np.percentile(std, _PERCENTILE))
        # The scale only grows, so that frames of a clip can be compared while scrubbing.
        self._limit, self._on = max(self._limit, round_up(max(top, 0.1))), True
        self._grid.set_inputs(
            uncertainty=std, uncertainty_count=count, uncertainty_limit=self._limit
        )

    def _forget(self) -> None:
        self._known, self._asked = None, None
        self._take_off()

    def _take_off(self) -> None:
        """What was measured is of another frame or motion: better nothing than that."""
        if self._on:
            self._on = False
            self._grid.set_inputs(uncertainty=None)

    def _on_content(self, _place: int, _content: str) -> None:
        self.measure()

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if active is None or change.subject_id in (None, active.id):
            self.refresh()
            if change.kinds - {"name", "directions"}:
                self._forget()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._limit = 0.0
            self._forget()
            self.refresh()
        elif new.playhead != old.playhead:
            self._take_off()
            if self._asked is None:
                self._known = None
        if (new.contents, new.layout) != (old.contents, old.layout):
            # The viewports learn of it in this very turn, some of them after us.
            QTimer.singleShot(0, self, self.measure)
