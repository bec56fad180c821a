"""Looks for the chosen motion in all clips, and holds it against the laws of composition."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.core.motion_windows import Span
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import SAMPLE
from motionstudio.document.view import ViewState
from motionstudio.engine.requests import Lane, Request
from motionstudio.engine.responses import Cancelled, Failed, Progress, Response
from motionstudio.engine.search_requests import Found, Laws, LawsRequest, Phrase, SearchRequest
from motionstudio.gui.notifications import Notice
from motionstudio.gui.panes.motion_search import FoundMotion, MotionSearch
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.search_pool import SearchPool
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.workbench import Workbench
from motionstudio.models.base import Capability

PANE = "search"
_AROUND = 3
_SHORTEST = 3
_KINDS = {"subjects", "model", "framing", "media", "name", "encoding"}
_SEARCHING = "Looking for the motion …"
_CHECKING = "Recomposing the motion …"


class MotionSearchPresenter(QObject):
    """Range, selection or playhead -> requests; matches -> films; a click -> clip and frame.

    Signals:
        changed: what can be done may be different now.
        started, ended: a search or a check is under way, in words; that is over.
        progressed: share done.
        sampleWanted: file name of a sample that a match leads to.

    Args:
        session: shared parts.
        bench: gets the pane.
        parent: Qt parent.
    """

    changed = Signal()
    started = Signal(str)
    progressed = Signal(float)
    ended = Signal()
    sampleWanted = Signal(str)

    def __init__(self, session: Session, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._bench = session, bench
        self.pane = MotionSearch()
        bench.add_pane(PANE, "Motion search", self.pane, icon="search")
        self.pool = SearchPool(session, self)
        self._asked: int | None = None
        self._waiting: tuple[tuple[Span, ...], bool] | None = None
        self._first: tuple[str, Span] | None = None
        self._found: Found | None = None
        self._made_of = ""
        self._jump: tuple[str, Span] | None = None
        self._connect()
        self.refresh()

    @property
    def running(self) -> bool:
        """Whether something is under way."""
        return self._asked is not None or self._waiting is not None

    @property
    def found(self) -> Found | None:
        """The matches that are shown."""
        return self._found

    @property
    def span(self) -> Span | None:
        """The motion that is meant: the play range, else selected frames, else those around."""
        subject = self._session.active
        if subject is None or len(subject.clip) < 2:
            return None
        last = len(subject.clip) - 1
        view = self._session.view.state
        if view.play_range is not None:
            first, end = (min(max(frame, 0), last) for frame in view.play_range)
            if first < end:
                return Span(first, end)
        rows = self._session.selection.rows
        if len(rows) > 1 and subject.track is not None:
            # A prefix row is what was seen up to the frame after it.
            shift = len(subject.clip) - len(subject.track.base.mean)
            return Span(min(rows), min(max(rows) + max(shift, 0), last))
        here = self._session.playhead
        first = min(max(0, here - _AROUND), max(0, last - 2 * _AROUND))
        return Span(first, min(last, first + 2 * _AROUND))

    def why_not(self) -> str:
        """Why no motion can be looked for, one sentence; empty where one can."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        if subject.media_problem:
            return subject.media_problem
        if subject.held or self.span is None:
            return "A single picture has no motion to look for."
        return missing_reason(
            self._session.card(subject), Capability.COMPOSE, "Looking for a motion"
        )

    def why_not_composed(self) -> str:
        """Why no two motions can be composed; empty where they can."""
        if reason := self.why_not():
            return reason
        subject, first = self._session.active, self._first
        if first is None or subject is None or first[0] != subject.id:
            return "Keep a motion of this clip as the first part."
        return ""

    def why_not_stop(self) -> str:
        """Why nothing can be stopped; empty where it can."""
        return "" if self.running else "No motion is being looked for."

    def open(self) -> None:
        """Show the pane and look for the motion."""
        self._bench.show_pane(PANE)
        self.find()

    def open_reverse(self) -> None:
        """Show the pane and look for the motion the other way round."""
        self._bench.show_pane(PANE)
        self.find_reverse()

    def open_composed(self) -> None:
        """Show the pane and look for the two motions in a row."""
        self._bench.show_pane(PANE)
        self.find_composed()

    def find(self) -> None:
        """Look for the motion that is meant."""
        self._search(backward=False)

    def find_reverse(self) -> None:
        """Look for it the other way round."""
        self._search(backward=True)

    def remember(self) -> None:
        """Keep the motion that is meant as the first of two."""
        subject, span = self._session.active, self.span
        if subject is not None and span is not None and not self.why_not():
            self._first = (subject.id, span)
            self.refresh()
            self.changed.emit()

    def find_composed(self) -> None:
        """Look for the motion that was kept, followed by the one that is meant."""
        if self._first is not None and not self.why_not_composed():
            self._search(backward=False, first=self._first[1])

    def check(self) -> None:
        """Hold the motion that is meant against the laws of composition."""
        subject, span = self._session.active, self.span
        card = self._session.card(subject)
        if subject is None or span is None or card is None or self.why_not():
            return
        self._bench.show_pane(PANE)
        seen = self.pool.searched(subject, card)
        if seen is None:
            return
        self._post(
            LawsRequest(
                subject=subject.id,
                revision=self._session.project.revision,
                model=card.name,
                of=seen,
                span=span,
                length=max(_SHORTEST, min(len(span), len(subject.clip) // 3)),
            ),
            _CHECKING,
        )

    def stop(self) -> None:
        """Stop what is under way."""
        self._waiting = None
        if self._asked is not None:
            self._asked = None
            for topic in (SearchRequest.topic, LawsRequest.topic):
                self._session.engine.cancel(Lane.EXPLORE, topic=topic)
        self.ended.emit()
        self.pane.set_words("Stopped." if self._found is None else "")
        self.changed.emit()

    def refresh(self) -> None:
        """Show what is meant and what can be done with it."""
        subject, span = self._session.active, self.span
        reason = self.why_not()
        words = reason
        if not reason and subject is not None and span is not None:
            words = f"Frames {span.start}-{span.stop}, {self._meant()}"
        first = self._first
        kept = "" if first is None else f"First part: frames {first[1].start}-{first[1].stop}"
        self.pane.set_query(words, kept)
        self.pane.set_reasons(reason, self.why_not_composed())
        self.pane.map.set_current(self._session.playhead)

    def _meant(self) -> str:
        if self._session.view.state.play_range is not None:
            return "the play range"
        rows = self._session.selection.rows
        return "the selection" if len(rows) > 1 else "around the playhead"

    def _search(self, *, backward: bool, first: Span | None = None) -> None:
        span = self.span
        if span is None or self.why_not():
            return
        self._waiting = ((span,) if first is None else (first, span), backward)
        self.started.emit(_SEARCHING)
        self.pane.set_words(_SEARCHING)
        self.changed.emit()
        if self.pool.read():
            self._go()

    def _go(self) -> None:
        """Ask, now that all clips are read."""
        subject, waiting = self._session.active, self._waiting
        card = self._session.card(subject)
        if waiting is None:
            return
        self._waiting = None
        seen = None if subject is None or card is None else self.pool.searched(subject, card)
        if subject is None or card is None or seen is None or self.why_not():
            self.stop()
            return
        spans, backward = waiting
        self._post(
            SearchRequest(
                subject=subject.id,
                revision=self._session.project.revision,
                model=card.name,
                phrase=Phrase(seen, spans, backward),
                pool=self.pool.clips(card),
            ),
            _SEARCHING,
        )

    def _post(self, request: Request, words: str) -> None:
        self._asked, self._made_of = request.id, request.subject
        self.started.emit(words)
        self.pane.set_words(words)
        self._session.engine.post(request)
        self.changed.emit()

    def _connect(self) -> None:
        pane, session = self.pane, self._session
        pane.findRequested.connect(self.find)
        pane.reverseRequested.connect(self.find_reverse)
        pane.rememberRequested.connect(self.remember)
        pane.composedRequested.connect(self.find_composed)
        pane.checkRequested.connect(self.check)
        pane.chosen.connect(self.go)
        pane.frameChosen.connect(self._go_to)
        pane.appeared.connect(self.refresh)
        self.pool.ready.connect(self._go)
        session.engine.responseReady.connect(self._on_response)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    def go(self, place: int) -> None:
        """Go to a match: its clip, its frames as the play range."""
        if self._found is None or place >= len(self._found.matches):
            return
        match = self._found.matches[place]
        self.pane.select(place)
        if self._session.find(match.id) is not None:
            self._show(match.id, match.span)
        elif match.id.startswith(SAMPLE):
            self._jump = (Path(match.id.removeprefix(SAMPLE)).stem, match.span)
            self.sampleWanted.emit(match.id.removeprefix(SAMPLE))
        else:
            self._session.notices.post(Notice("This clip is not in the project any more."))

    def forget(self) -> None:
        """Another document is opened: nothing of what was found or kept is in it."""
        if self.running:
            self.stop()
        self._found = self._first = self._jump = None
        self.pane.set_matches(())
        self.pane.set_words("")
        self.refresh()

    def _show(self, clip_id: str, span: Span) -> None:
        if self._session.view.state.active != clip_id:
            self._session.show(clip_id)
        self._session.view.update(
            playhead=span.start, play_range=(span.start, span.stop), playing=False
        )

    def _go_to(self, frame: int) -> None:
        subject = self._session.active
        if subject is not None and subject.id == self._made_of:
            self._session.view.update(playhead=frame, playing=False)

    def _on_response(self, response: Response) -> None:
        if self._asked is None or response.id != self._asked:
            return
        if isinstance(response, Progress):
            self.progressed.emit(response.fraction)
            return
        if not isinstance(response, Found | Laws | Failed | Cancelled):
            return
        self._asked = None
        self.ended.emit()
        if isinstance(response, Found):
            self._take(response)
        elif isinstance(response, Laws):
            self._take_laws(response)
        else:
            words = response.message if isinstance(response, Failed) else "Stopped."
            self.pane.set_words(words)
        self.changed.emit()

    def _take(self, found: Found) -> None:
        self._found = found
        films = [
            FoundMotion(m.pictures, *self._words(m.id, m.span, m.likeness)) for m in found.matches
        ]
        self.pane.set_matches(films)
        nothing = "There is nothing else to compare with: open more clips."
        self.pane.set_words(
            f"Most alike of {found.windows} windows; 1 is the same." if films else nothing
        )

    def _take_laws(self, laws: Laws) -> None:
        mean, most = laws.spread
        self.pane.set_laws(
            (
                ("recomposed in 12 ways, mean", f"{mean:.2f}"),
                ("recomposed, most", f"{most:.2f}"),
                ("there and back, from no motion", f"{laws.home:.2f}"),
                ("the way back, from the way there", f"{laws.reverse:.2f}"),
            ),
            laws.spans,
            laws.likeness,
        )
        self.pane.map.set_current(self._session.playhead)
        self.pane.set_words("")

    def _words(self, clip_id: str, span: Span, likeness: float) -> tuple[str, str]:
        """A caption, and all that is known of a match."""
        clip = self.pool.find(clip_id)
        name = "" if clip is None else clip.name
        frames = f"frames {span.start}-{span.stop}"
        return f"{likeness:.2f} · {span.start}-{span.stop}", f"{name}, {frames}: {likeness:.2f}"

    def _on_change(self, change: Change) -> None:
        if not change.kinds & _KINDS:
            return
        self._arrive()
        if self.pane.isVisible():
            self.refresh()

    def _arrive(self) -> None:
        """Go to the frames of a sample that was opened for a match."""
        if self._jump is None:
            return
        name, span = self._jump
        subject: Subject | None = next(
            (s for s in reversed(self._session.project.subjects) if s.name == name), None
        )
        if subject is not None:
            self._jump = None
            # The window shows a new clip from its first frame; afterwards it is ours.
            QTimer.singleShot(0, self, lambda: self._show(subject.id, span))

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active and new.active != self._made_of:
            self.pane.map.set_current(0)
        if self.pane.isVisible() and new is not old:
            self.refresh()
