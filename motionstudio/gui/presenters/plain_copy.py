"""The rival of a transported motion: the other clip's displacement field copied as it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.core.picture import as_shown
from motionstudio.core.transfer import Timing, nearest_rows
from motionstudio.core.warp import resize_field, warp
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import Arriving, Offer
from motionstudio.document.view import ViewState
from motionstudio.engine.requests import DecodeRequest, Lane, Picture
from motionstudio.engine.responses import Cancelled, Failed, FrameReady, Response
from motionstudio.gui.items.layers import Content
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.transfer import TransferPresenter
from motionstudio.models.base import Capability

NOTHING_CARRIED = "Carry another clip's motion onto this one first."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which copy is shown: ids of both sides and the frame of the target."""

    source: str
    target: str
    frame: int


class PlainCopyPresenter(QObject):
    """Playhead -> the source's field at that time -> the target's picture bent by it.

    Args:
        session: shared parts.
        grid: the viewports.
        transfer: tells which motions were carried where.
        parent: Qt parent.
    """

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        transfer: TransferPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid, self._transfer = session, grid, transfer
        self._sources: dict[str, str] = {}
        self._asked: tuple[int, Wanted] | None = None
        self._shown: Wanted | None = None
        transfer.moved.connect(self._on_moved)
        grid.contentChanged.connect(self._on_content)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)
        session.engine.responseReady.connect(self._on_response)
        self.refresh()

    def refresh(self) -> None:
        """Allow the content where there is a rival, and say why not elsewhere."""
        self._grid.set_available(Content.PLAIN_COPY, self.why_not())
        self._ask()

    def why_not(self) -> str:
        """Why there is no plain copy, one sentence; empty where there is."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        source = self._source(subject)
        if source is None or not subject.has_motion:
            return NOTHING_CARRIED
        card = self._session.card(subject)
        return missing_reason(card, Capability.DISPLACEMENT, "The plain copy")

    def _source(self, target: Subject) -> Subject | None:
        known = self._sources.get(target.id, "")
        return self._session.find(known) or self._transfer.foreign.sample(known)

    def _arriving(self, source: Subject, target: Subject) -> Arriving | None:
        found = self._transfer.foreign.get(source.id, target.model)
        if found is not None and source.model != target.model:
            return found
        try:
            return Arriving.of(source)
        except MotionStudioError:
            return found

    def _ask(self) -> None:
        target = self._session.active
        if target is None or self._asked is not None or not self._is_looked_at() or self.why_not():
            return
        source = self._source(target)
        assert source is not None  # why_not() says so
        wanted = Wanted(source.id, target.id, self._session.playhead)
        arriving = self._arriving(source, target)
        card, facts = self._session.card(target), self._session.media.facts(source)
        if wanted == self._shown or arriving is None or card is None or facts is None:
            return
        there = Timing.of(arriving.motion, arriving.reference, arriving.period)
        here = Timing(target.clip.times, target.reference, target.cyclic, target.clip.period)
        request = DecodeRequest(
            lane=Lane.PREVIEW,
            subject=f"field of {source.id}",
            revision=self._session.project.revision,
            model=target.model,
            motion=arriving.motion,
            source=facts.reference,
            transform=transform_of(source, facts, card),
            frames=(int(nearest_rows(there, here)[wanted.frame]),),
        )
        self._asked = (request.id, wanted)
        self._session.engine.post(request)

    def _is_looked_at(self) -> bool:
        return any(viewport.content is Content.PLAIN_COPY for viewport in self._grid.shown)

    def _on_response(self, response: Response) -> None:
        if self._asked is None or response.id != self._asked[0]:
            return
        wanted = self._asked[1]
        if isinstance(response, FrameReady) and response.displacement is not None:
            target = self._session.find(wanted.target)
            facts = None if target is None else self._session.media.facts(target)
            if facts is not None:
                work = partial(_bend, facts.reference, facts.range, response.displacement)
                self._session.media.submit(work, partial(self._on_bent, wanted))
        elif isinstance(response, Cancelled | Failed):
            self._asked = None

    def _on_bent(self, wanted: Wanted, picture: Any) -> None:
        self._asked = None
        source = self._session.find(wanted.source) or self._transfer.foreign.sample(wanted.source)
        if isinstance(picture, np.ndarray) and wanted.target == self._session.view.state.active:
            self._shown = wanted
            name = "another clip" if source is None else source.name
            words = f"the field of {name}, resized and copied as it is"
            self._grid.set_inputs(plain_copy=picture, plain_copy_words=words)
        self._ask()

    def _on_moved(self, offer: Offer) -> None:
        self._sources[offer.target] = offer.source
        self._shown = None
        self.refresh()

    def _on_content(self, _place: int, _content: str) -> None:
        self._ask()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._shown = None
            self._grid.set_inputs(plain_copy=None, plain_copy_words="")
            self.refresh()
        elif new.playhead != old.playhead:
            self._ask()

    def _on_change(self, change: Change) -> None:
        target = self._session.active
        sides = (None, None if target is None else self._sources.get(target.id))
        if change.kinds & {"subjects", "model", "encoding"} or change.subject_id in sides:
            self._shown = None
            self.refresh()


def _bend(source: Picture, shown: tuple[float, float], displacement: Float) -> NDArray[np.uint8]:
    """Called in the background thread."""
    picture = as_shown(source.frame, shown)
    height, width = picture.shape[:2]
    return np.asarray(warp(picture, resize_field(displacement, height, width)), np.uint8)
