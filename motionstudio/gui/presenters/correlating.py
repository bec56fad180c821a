"""How the labelled shapes of the active subject's picture move together in its futures."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.shape_motion import correlation, main_direction
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Cancelled, Failed, Response
from motionstudio.engine.spread_requests import SpreadReady, SpreadRequest
from motionstudio.gui.items.spread_plot import Spread
from motionstudio.gui.panes.correlation import Correlation
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.label_source import LabelSet, LabelSource
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability

PANE = "correlation"
_NO_LABELS = (
    "This needs labelled shapes: two or more of different colours on the reference frame. Load "
    "label maps in the pane Measurements, or open the sample of correlated shapes."
)
_ONE_FUTURE = "Nothing is left to chance in this model: all its futures are one."
_READY = "Draw futures of the reference frame to see which shapes move together."
_STEADY = 0.35
_MOST_SHAPES = 4
_KINDS = {"subjects", "model", "framing", "reference", "media", "encoding"}


class CorrelatingPresenter(QObject):
    """Labels and model -> ``SpreadRequest`` -> a scatter plot for each pair of shapes.

    Args:
        session: shared parts.
        labels: the labels of every subject.
        pane: shows it.
        parent: Qt parent.

    Signals:
        started, ended: futures are being drawn, in words; that is over.
    """

    started = Signal(str)
    ended = Signal()

    def __init__(
        self,
        session: Session,
        labels: LabelSource,
        pane: Correlation,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._labels, self.pane = session, labels, pane
        self._asked: int | None = None
        self._shown = ""
        pane.drawRequested.connect(self.draw)
        pane.stopRequested.connect(self.stop)
        labels.changed.connect(lambda _subject: self.refresh())
        session.engine.responseReady.connect(self._on_response)
        session.media.factsReady.connect(lambda _subject: self.refresh())
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        self.refresh()

    @property
    def running(self) -> bool:
        """Whether futures are being drawn."""
        return self._asked is not None

    def why_not(self) -> str:
        """Why nothing can be drawn, one sentence; empty where it can."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        card = self._session.card(subject)
        if reason := missing_reason(card, Capability.PREDICT, "Drawing futures"):
            return reason
        if card is not None and card.one_future:
            return _ONE_FUTURE
        if self._session.media.facts(subject) is None:
            return "The clip is being read."
        found = self._labelled(subject)
        return "" if found is not None and len(np.unique(found[1])) > 2 else _NO_LABELS

    def draw(self) -> None:
        """Draw futures of the active subject's reference frame."""
        subject = self._session.active
        if subject is None or self.why_not():
            return
        card, facts = self._session.card(subject), self._session.media.facts(subject)
        found = self._labelled(subject)
        if card is None or facts is None or found is None:
            return
        request = SpreadRequest(
            subject=subject.id,
            revision=self._session.project.revision,
            model=subject.model,
            source=facts.reference,
            transform=transform_of(subject, facts, card),
            labels=found[1],
            count=self.pane.count.value(),
            seed=self.pane.seed.value(),
        )
        self._asked, self._shown = request.id, subject.id
        self.pane.show_spreads((), "")
        self.pane.words.setText("Drawing the first futures …")
        self.pane.set_busy(True)
        self.started.emit(f"Drawing futures of {subject.name}")
        self._session.engine.post(request)

    def stop(self) -> None:
        """Draw no more; the points that are there stay."""
        if self._asked is not None:
            self._session.engine.cancel(Lane.EXPLORE, topic=SpreadRequest.topic)

    def refresh(self) -> None:
        """Say what can be done with the active subject."""
        reason = self.why_not()
        self.pane.set_reason(reason)
        if not self.running and not self.pane.plots:
            self.pane.words.setText(reason or _READY)

    def _labelled(self, subject: Subject) -> tuple[LabelSet, NDArray[np.uint8]] | None:
        """The labels of a subject and those of its reference frame (H, W)."""
        found = self._labels.of(subject)
        frame = 0 if subject.held else subject.reference
        if found is None or frame >= len(found.masks) or not found.valid[frame]:
            return None
        return found, found.masks[frame]

    def _on_response(self, response: Response) -> None:
        if response.id != self._asked:
            return
        if isinstance(response, SpreadReady):
            self._show(response)
            if response.last:
                self._end()
        elif isinstance(response, Failed):
            self._end()
            self.pane.words.setText(response.message)
        elif isinstance(response, Cancelled):
            self._end()
            if not self.pane.plots:
                self.pane.words.setText("Stopped before anything was drawn.")

    def _end(self) -> None:
        self._asked = None
        self.pane.set_busy(False)
        self.ended.emit()

    def _show(self, ready: SpreadReady) -> None:
        subject = self._session.find(self._shown)
        found = None if subject is None else self._labelled(subject)
        if subject is None or found is None:
            return
        names = [found[0].name(label) for label in ready.labels[:_MOST_SHAPES]]
        spreads = spreads_of(names, ready.steps)
        count = len(ready.steps)
        self.pane.words.setText(f"{count} futures of frame {subject.reference}, drawn by the model")
        self.pane.show_spreads(spreads, ways_of(names, ready.steps))

    def _forget(self) -> None:
        self.stop()
        self._asked = None
        self.pane.set_busy(False)
        self.pane.show_spreads((), "")
        self.refresh()

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if change.subject_id not in (None, None if active is None else active.id):
            return
        if change.kinds & {"model", "framing", "reference", "media"}:
            self._forget()
        elif change.kinds & _KINDS:
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._forget()


def spreads_of(names: list[str], steps: NDArray[np.float64]) -> list[Spread]:
    """A spread for each pair of shapes, the most correlated first, along each one's main way.

    Args:
        names: K names of shapes.
        steps: (N, at least K, 2) in pixels.
    """
    ways = [main_direction(steps[:, k]) for k in range(len(names))]
    along = [steps[:, k] @ way for k, way in enumerate(ways)]
    known = np.concatenate([one[np.isfinite(one)] for one in along]) if along else np.zeros(0)
    limit = max(float(np.abs(known).max()) * 1.05 if known.size else 1.0, 0.5)
    made = [
        Spread(
            (names[a], names[b]), (arrow(ways[a]), arrow(ways[b])), along[a], along[b],
            correlation(along[a], along[b]), limit,
        )
        for a, b in combinations(range(len(names)), 2)
    ]  # fmt: skip
    return sorted(made, key=lambda spread: -abs(np.nan_to_num(spread.r)))


def ways_of(names: list[str], steps: NDArray[np.float64]) -> str:
    """``circle ↓ ±2.9 px · square → ±2.8 px``: how each shape moves."""
    words = []
    for k, name in enumerate(names):
        known = steps[np.isfinite(steps[:, k]).all(1), k]
        way = main_direction(steps[:, k])
        along, across = known @ way, known @ np.array([-way[1], way[0]])
        reach = float(np.percentile(np.abs(along), 95)) if len(known) else 0.0
        if reach < _STEADY:
            words.append(f"{name} stays")
        elif float(across.std()) > 0.6 * float(along.std()):
            words.append(f"{name} every way, ±{reach:.1f} px")
        else:
            words.append(f"{name} {arrow(way)} ±{reach:.1f} px")
    return " · ".join(words)


def arrow(way: NDArray[np.float64]) -> str:
    """The nearest of eight arrows; y is down."""
    place = round(float(np.arctan2(way[1], way[0])) / (np.pi / 4)) % 8
    return "→↘↓↙←↖↑↗"[place]
