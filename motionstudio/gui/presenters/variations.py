"""A sheet of variations: many drawn motions at once, previewed on the subject, one is taken."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from motionstudio.core.draws import Draw, Draws, Mode, draws_text
from motionstudio.core.latent_track import LatentTrack
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.fit_requests import VariationsRequest
from motionstudio.engine.fit_responses import VariationReady
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Cancelled, Done, Failed, Response
from motionstudio.gui.dialogs.variations import COUNT, VariationSheet
from motionstudio.gui.panes.motion_tools import MotionTools
from motionstudio.gui.presenters.fitting import FittingPresenter, span_of
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session

_OTHER = {"model", "framing", "reference", "cyclic", "media"}
"""After such a change what is on the sheet was not drawn for the subject as it is."""

NEARBY = 0.35
"""Temperature of what varies a chosen motion."""


class VariationsPresenter(QObject):
    """``VariationsRequest`` -> sheet -> one step.

    Signals:
        opened: the sheet is on screen.
    """

    opened = Signal()

    def __init__(
        self,
        session: Session,
        pictures: PicturesPresenter,
        fitting: FittingPresenter,
        tools: MotionTools,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._pictures, self._fitting = session, pictures, fitting
        self._tools, self._window = tools, window
        self.sheet: VariationSheet | None = None
        self._asked: int | None = None
        self._subject = ""
        self._ready: dict[int, VariationReady] = {}
        self._around: Draws = ()
        self._next_seed = 1
        session.engine.responseReady.connect(self._on_response)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)

    def open(self) -> None:
        """Show the sheet for the active subject and begin to draw."""
        subject = self._session.active
        if subject is None:
            return
        if self.sheet is None:
            self.sheet = self._make_sheet()
        self._around = ()
        self._next_seed = self._tools.seed.value()
        self.sheet.temperature.set_value(self._tools.temperature.value)
        self.sheet.show()
        self.sheet.raise_()
        self._draw(subject)
        self.opened.emit()

    def close(self) -> None:
        """Put the sheet away."""
        if self.sheet is not None:
            self.sheet.close()

    def _make_sheet(self) -> VariationSheet:
        sheet = VariationSheet(self._window)
        sheet.chosen.connect(self._preview)
        sheet.taken.connect(self._take)
        sheet.moreRequested.connect(self._more)
        sheet.newRequested.connect(self._new)
        sheet.stopRequested.connect(self._stop)
        sheet.temperatureChanged.connect(self._reheat)
        sheet.closed.connect(self._put_away)
        return sheet

    def _draw(self, subject: Subject) -> None:
        """Ask for twelve: new ones, or variations of the chosen one."""
        session, sheet = self._session, self.sheet
        card, facts = session.card(subject), session.media.facts(subject)
        if card is None or facts is None or sheet is None:
            return
        self._pictures.try_on(subject.id, None)
        self._ready.clear()
        self._subject = subject.id
        times, cyclic, period = span_of(subject, card)
        request = VariationsRequest(
            subject=subject.id,
            revision=session.project.revision,
            model=subject.model,
            source=facts.reference,
            transform=transform_of(subject, facts, card),
            times=times,
            draws=self._draws(),
            reference=subject.reference,
            cyclic=cyclic,
            period=period,
        )
        self._asked = request.id
        around = f"Variations of {draws_text(self._around)}" if self._around else "New motions"
        sheet.start(f"{around} for {subject.name}")
        session.engine.post(request)

    def _draws(self) -> tuple[Draws, ...]:
        sheet = self.sheet
        heat = 1.0 if sheet is None else sheet.temperature.value
        mode: Mode = "prior" if self._tools.mode.currentData() == "prior" else "learned"
        seeds = range(self._next_seed, self._next_seed + COUNT)
        if not self._around:
            return tuple((Draw(seed, heat, mode),) for seed in seeds)
        # The chosen one stays on the sheet, among its neighbours.
        varied = ((*self._around, Draw(seed, NEARBY * heat, mode)) for seed in seeds)
        return (self._around, *tuple(varied)[: COUNT - 1])

    def _new(self) -> None:
        self._around = ()
        self._again(self._next_seed + COUNT)

    def _more(self) -> None:
        chosen = None if self.sheet is None else self._ready.get(self.sheet.chosen_index)
        if chosen is not None:
            self._around = chosen.draws
            self._again(self._next_seed + COUNT)

    def _reheat(self, _temperature: float) -> None:
        self._again(self._next_seed)

    def _again(self, seed: int) -> None:
        subject = self._session.find(self._subject)
        self._next_seed = seed
        if subject is not None:
            self._draw(subject)

    def _stop(self) -> None:
        self._give_up()
        if self.sheet is not None:
            self.sheet.finish()

    def _give_up(self) -> None:
        """Let the drawing under way end at its next picture."""
        if self._asked is not None:
            self._asked = None
            topic = VariationsRequest.topic
            self._session.engine.cancel(Lane.ANALYSIS, self._subject, topic)

    def _preview(self, index: int) -> None:
        ready, subject = self._ready.get(index), self._session.find(self._subject)
        if ready is None or subject is None or subject.track is None:
            return
        base = subject.track.base
        if base.mean.shape == ready.motion.mean.shape:
            offset = (ready.motion.mean - base.mean).astype(np.float32)
            track = LatentTrack(base, offset, subject.track.reference)
            self._pictures.try_on(subject.id, track)

    def _take(self, index: int) -> None:
        ready, subject = self._ready.get(index), self._session.find(self._subject)
        if ready is not None and subject is not None:
            self._tools.seed.setValue(ready.draws[0].seed)
            self._fitting.take(subject, ready.motion, ready.draws)
            self.close()

    def _put_away(self) -> None:
        self._give_up()
        self._pictures.try_on(self._subject, None)

    def _on_response(self, response: Response) -> None:
        if response.id != self._asked or self.sheet is None:
            return
        if isinstance(response, VariationReady):
            self._ready[response.place] = response
            self.sheet.set_film(response.place, response.pictures, draws_text(response.draws[-1:]))
        elif isinstance(response, Done | Failed | Cancelled):
            self._asked = None
            self.sheet.finish()
            if isinstance(response, Cancelled):
                self._resume()

    def _resume(self) -> None:
        """Something else stopped the lane: go on with what is missing once it rests."""
        if self.sheet is not None and self.sheet.isVisible() and len(self._ready) < COUNT:
            subject = self._session.find(self._subject)
            if subject is not None:
                self._draw(subject)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.close()

    def _on_change(self, change: Change) -> None:
        gone = self._session.find(self._subject) is None
        mine = change.subject_id in (None, self._subject)
        if gone or (mine and change.kinds & _OTHER):
            self.close()
