"""How likely the active subject's model finds its frames: asked for while somebody looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Cancelled, Failed, Response
from motionstudio.engine.score_requests import Scored, ScoreRequest
from motionstudio.gui.items.nats_chart import Nats
from motionstudio.gui.panes.likelihood import Likelihood
from motionstudio.gui.panes.statistics import Statistics
from motionstudio.gui.presenters.resolve import clip_key_of, transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_pictures
from motionstudio.models.base import Capability

_PAUSE_MS = 200
_FEW, _MANY = 8, 50
_KINDS = {"subjects", "encoding", "model", "framing", "reference", "kept"}
_MEASURING = "Measuring how likely the model finds the frames …"


class LikelihoodPresenter(QObject):
    """Clip and model -> ``ScoreRequest`` -> chart; frames that are pressed -> playhead.

    Models that draw no pictures have their nats under the timeline, too, so these are asked for
    whether or not the pane is shown, and those of their baseline after them.

    Args:
        session: shared parts.
        pane: holds the chart.
        parent: Qt parent.

    Signals:
        measured: ``Nats`` of the active subject, or None while they are not known.
    """

    measured = Signal(object)

    def __init__(self, session: Session, pane: Statistics, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._pane = session, pane
        self._part: Likelihood = pane.likelihood
        self._visible = False
        self._asked = self._beside = -1
        self._samples = _FEW
        self._known: tuple[object, ...] = ()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE_MS)
        self._later.timeout.connect(self.refresh)
        pane.appeared.connect(self._appear)
        pane.disappeared.connect(self._disappear)
        self._part.weightedRequested.connect(self.weigh)
        self._part.chart.scrubbed.connect(self._go)
        self._part.chart.hovered.connect(pane.hovered)
        session.engine.responseReady.connect(self._on_response)
        session.media.factsReady.connect(self._on_facts)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    def refresh(self) -> None:
        """Ask for the figures of the active subject unless they are there."""
        subject = self._scored()
        self._part.setVisible(subject is not None)
        if not self._wanted():
            self.measured.emit(None)
            return
        request = None if subject is None else self._request(subject)
        if request is None:
            self.measured.emit(None)
            return
        key = (request.clip_key, request.transform, request.model)
        if key != self._known[:3]:
            self._set(None)
            self._samples = _FEW
            self._ask(request, key)
        elif self._part.chart.nats is None and self._asked < 0:
            self._ask(request, key)

    def weigh(self) -> None:
        """Measure again with many draws, and show the importance-weighted bound as well."""
        subject = self._scored()
        self._samples = _MANY
        request = None if subject is None else self._request(subject)
        if request is not None:
            self._ask(request, (request.clip_key, request.transform, request.model))

    def why_not_odd(self) -> str:
        """Why no frame can be said to belong least; empty where one can."""
        subject = self._scored()
        if subject is None:
            return "The model of this clip does not say how likely its frames are."
        if self._part.chart.nats is None:
            return "How likely the frames are is measured while the pane Statistics is shown."
        return "" if len(subject.clip) > 2 else "Two frames are too few to compare."

    def go_to_odd(self) -> None:
        """Show the frame that belongs least, and say why."""
        nats = self._part.chart.nats
        if nats is not None:
            frame = nats.peak()
            self._go(frame)
            self._session.notices.say(odd_words(nats, frame))

    def _wanted(self) -> bool:
        """Whether somebody sees the figures: in the pane, or under the timeline."""
        card = self._session.card(self._scored())
        return card is not None and (self._visible or bool(why_no_pictures(card)))

    def _set(self, nats: Nats | None) -> None:
        self._part.chart.set_nats(nats)
        self.measured.emit(nats)

    def _scored(self) -> Subject | None:
        """The active subject if its model scores its frames, which were really observed."""
        subject = self._session.active
        card = self._session.card(subject)
        if subject is None or card is None or subject.held:
            return None
        return subject if Capability.LIKELIHOOD in card.capabilities and card.dims else None

    def _request(self, subject: Subject) -> ScoreRequest | None:
        facts, card = self._session.media.facts(subject), self._session.card(subject)
        if facts is None or card is None:
            return None
        return ScoreRequest(
            subject=subject.id,
            revision=self._session.project.revision,
            model=subject.model,
            clip_key=clip_key_of(subject, facts),
            clip=subject.clip,
            transform=transform_of(subject, facts, card),
            samples=self._samples,
        )

    def _ask_baseline(self, subject: Subject) -> None:
        """Ask the baseline's figures, where the model has one that sees the same square."""
        card, request = self._session.card(subject), self._request(subject)
        other = None if card is None else self._session.catalogue.card(card.baseline)
        if card is None or other is None or request is None:
            return
        if (other.size, other.channels) == (card.size, card.channels):
            request = replace(request, model=other.name)
            self._beside = request.id
            self._session.engine.post(request)

    def _ask(self, request: ScoreRequest, key: tuple[object, ...]) -> None:
        self._known, self._asked = key, request.id
        self._part.words.setText(_MEASURING)
        self._part.set_reason(_MEASURING)
        self._session.engine.post(request)

    def _on_response(self, response: Response) -> None:
        if response.id == self._beside and isinstance(response, Scored | Failed):
            self._beside = -1
            nats = self._part.chart.nats
            if isinstance(response, Scored) and nats is not None:
                self._set(replace(nats, baseline=-response.bound))
                self._say_baseline(response)
            return
        if response.id not in (self._asked, self._beside):
            return
        if isinstance(response, Scored):
            self._asked = -1
            self._show(response)
        elif isinstance(response, Failed):
            self._asked = -1
            self._part.words.setText(response.message)
            self._part.set_reason(response.message)
        elif isinstance(response, Cancelled):
            # An edit empties the lane: nothing that is asked here depends on edits.
            self._asked, self._beside, self._known = -1, -1, ()
            self._later.start()

    def _show(self, found: Scored) -> None:
        subject = self._scored()
        if subject is None or len(subject.clip) != len(found.bound):
            return
        exact = found.samples == 0
        weighted = -found.weighted if found.samples >= _MANY else None
        nats = Nats(
            -found.bound,
            found.floor,
            ~subject.kept,
            weighted,
            exact=exact,
            given=found.given,
            saved=found.saved,
        )
        self._set(nats)
        self._part.chart.set_current(self._session.playhead)
        self._part.words.setText(words_of(found, weighted is not None))
        self._part.weighted.setVisible(not exact)
        self._part.set_reason("It is shown." if weighted is not None else "")
        if exact:
            self._ask_baseline(subject)

    def _say_baseline(self, found: Scored) -> None:
        words = self._part.words.text().partition(" · baseline")[0]
        self._part.words.setText(f"{words} · baseline {_mean(-found.bound[found.given :])}")

    def _appear(self) -> None:
        self._visible = True
        self.refresh()

    def _disappear(self) -> None:
        self._visible = False
        self._later.stop()
        if self._wanted():
            return
        if self._asked >= 0:
            self._asked, self._known = -1, ()
            self._session.engine.cancel(Lane.ANALYSIS, topic=ScoreRequest.topic)

    def _go(self, frame: int) -> None:
        self._session.view.update(playhead=frame, playing=False)

    def _on_facts(self, _subject_id: str) -> None:
        self._later.start()

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if not change.kinds & _KINDS:
            return
        if active is None or change.subject_id in (None, active.id):
            nats = self._part.chart.nats
            if nats is not None and active is not None and len(nats.bound) == len(active.kept):
                self._set(replace(nats, dropped=~active.kept))
            self._later.start()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.refresh()
        elif new.playhead != old.playhead:
            self._part.chart.set_current(self._session.playhead)


def words_of(found: Scored, weighted: bool) -> str:
    """The figures of a clip in one line: means over its frames."""
    if not found.samples:
        seen = slice(found.given if len(found.bound) > found.given + 1 else 0, None)
        whose = "floor of this clip" if found.floor_known else "floor of the training clips"
        least = f"{float(np.mean(found.floor[seen])):.1f}"
        return (
            f"−log p {_mean(-found.bound[seen])} nats per frame, exact · {whose} (dashed) {least}"
        )
    words = f"−ELBO {_mean(-found.bound)} nats per frame"
    if weighted:
        words += f" · −IW bound {_mean(-found.weighted)}, {found.samples} samples"
    floor = float(np.nanmean(found.floor))
    return f"{words} · floor (dashed) {floor:.1f}"


def odd_words(nats: Nats, frame: int) -> str:
    """Why a frame belongs least, beside the next."""
    saved = nats.bound - nats.floor if nats.saved is None else nats.saved
    others = np.delete(np.asarray(saved, np.float64), frame)[nats.first :]
    beside = f"; the next, {float(others.max()):.0f}" if len(others) else ""
    if nats.saved is None:
        return (
            f"Frame {frame} belongs least: it lies {saved[frame]:.0f} nats above the floor{beside}."
        )
    return (
        f"Frame {frame} belongs least: without it, the clip costs {saved[frame]:.0f} nats "
        f"less{beside}."
    )


def _mean(values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> str:
    return f"{float(np.nanmean(values)):.1f} ± {float(np.nanstd(values)):.1f}"
