"""The error of every generated frame against the truth, withheld frames included."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from motionstudio.core.glimpses import divergences
from motionstudio.core.motion import DISTANCE
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.document.change import Change
from motionstudio.document.glimpse_commands import is_drawn
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.planner import plan
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import FrameError, Response
from motionstudio.gui.items.nats_chart import Nats
from motionstudio.gui.panes.error_strip import FLOOR_MARK, ErrorStrip
from motionstudio.gui.presenters.resolve import compare_request, frames_of_change
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_pictures

_KINDS = {"subjects", "latent", "encoding", "model", "framing", "reference", "kept", "rendering"}
_GREY_LEVELS = 255.0
_LATER = "The error of each frame appears here once the motion is encoded."
_NO_TRUTH = "There is no truth to compare with: one picture is animated by a borrowed motion."
_GONE = "There is no truth to compare with: the frames of this clip are missing."
_MEASURING = "Comparing each generated frame with the true one …"


class ErrorPresenter(QObject):
    """Pictures at rest -> ``CompareRequest`` -> error strip.

    Signals:
        changed: (T,) RMSE in grey levels, NaN where not known.
    """

    changed = Signal(object)

    def __init__(self, session: Session, strip: ErrorStrip, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._strip = session, strip
        self._errors = np.zeros(0)
        self._stale = np.zeros(0, np.bool_)
        self._since = 0
        self._outdated = True
        self._nats: Nats | None = None
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        session.engine.responseReady.connect(self._on_response)

    @property
    def errors(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """(T,) RMSE in grey levels of the active subject, NaN where not known."""
        return self._errors

    def show_nats(self, nats: Nats | None) -> None:
        """What each frame costs the model, for models that draw no pictures; None: not known."""
        self._nats = nats
        self._show()

    def measure(self) -> None:
        """Ask for errors that are not up to date; called when nothing moves."""
        subject, session = self._session.active, self._session
        if subject is None or not self._outdated or session.view.state.playing or subject.held:
            return
        card, facts = session.card(subject), session.media.facts(subject)
        if card is None or facts is None or why_no_pictures(card):
            return
        frames = plan(len(subject.clip), session.playhead)
        request = compare_request(subject, facts, card, session.project.revision, frames)
        if request is not None:
            self._outdated = False
            self._since = request.revision
            session.engine.post(request)

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if active is None:
            self._clear(0)
        elif change.subject_id in (None, active.id) and change.kinds & _KINDS:
            self._outdated = True
            self._session.engine.cancel(Lane.ANALYSIS)
            self._mark_stale(change)
            if active.track is None or len(self._errors) != len(active.clip):
                self._clear(len(active.clip))
            else:
                self._show()

    def _mark_stale(self, change: Change) -> None:
        """Errors of frames that changed stay in sight, marked, until new ones arrive."""
        frames = frames_of_change(change, self._session.active)
        chosen = slice(None) if frames is None else [f for f in frames if f < len(self._stale)]
        self._stale[chosen] = True

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            subject = self._session.active
            self._outdated = True
            self._clear(0 if subject is None else len(subject.clip))

    def _on_response(self, response: Response) -> None:
        if not isinstance(response, FrameError) or response.revision < self._since:
            return
        if response.subject != self._session.view.state.active or self._outdated:
            return
        if response.frame < len(self._errors):
            self._errors[response.frame] = response.rmse * _GREY_LEVELS
            self._stale[response.frame] = False
            self._show()

    def _clear(self, count: int) -> None:
        self._errors = np.full(count, np.nan)
        self._stale = np.zeros(count, np.bool_)
        self._show()
        # A strip without frames forgets where it stood.
        self._strip.set_current(self._session.playhead)

    def _show(self) -> None:
        subject = self._session.active
        if subject is not None and is_drawn(subject):
            self._show_cost(subject)
            self.changed.emit(self._errors.copy())
            return
        if subject is not None and (self._show_likelihood(subject) or self._show_home(subject)):
            self.changed.emit(self._errors.copy())
            return
        self._strip.set_measure("RMSE", "grey levels")
        self._strip.set_marks({})
        count = len(self._errors)
        withheld = np.zeros(count, np.bool_)
        if subject is not None and len(subject.kept) == count:
            withheld = ~subject.kept
        encoded = subject is not None and subject.track is not None
        held = subject is not None and subject.held
        gone = subject is not None and subject.media_problem
        words = _NO_TRUTH if held else _GONE if gone else _MEASURING if encoded else _LATER
        drawn = why_no_pictures(self._session.card(subject))
        self._strip.set_message(f"{drawn} There is no error to measure." if drawn else words)
        self._strip.set_errors(self._errors.copy(), withheld)
        self._strip.set_stale(self._stale.copy())
        self.changed.emit(self._errors.copy())

    def _show_likelihood(self, subject: Subject) -> bool:
        """Of a model that draws no pictures: what each true frame costs it, in nats."""
        nats = self._nats
        if nats is None or len(nats.bound) != len(subject.clip):
            return False
        if not why_no_pictures(self._session.card(subject)):
            return False
        cost = np.asarray(nats.bound, np.float64).copy()
        cost[: nats.first] = np.nan
        self._strip.set_measure(nats.least, "nats")
        self._strip.set_errors(cost, nats.dropped)
        self._strip.set_stale(np.zeros(len(cost), np.bool_))
        marks = {} if nats.baseline is None else {"baseline": nats.baseline}
        self._strip.set_marks({**marks, FLOOR_MARK: nats.floor})
        return True

    def _show_home(self, subject: Subject) -> bool:
        """Of a model that composes motion: how far each frame is from where the clip began."""
        distance = None if subject.track is None else subject.track.base.state.get(DISTANCE)
        if subject.track is None or distance is None:
            return False
        rows = rows_of_frames(subject.track.base)
        away = np.asarray(distance, np.float64).reshape(-1)[rows]
        away[0] = 0.0
        self._strip.set_measure("Home", "distance to where the clip began")
        self._strip.set_marks({})
        self._strip.set_errors(away, ~subject.kept)
        return True

    def _show_cost(self, subject: Subject) -> None:
        """Of a picture that is drawn in glimpses: what each of them tells of it, in nats."""
        track = subject.track
        self._strip.set_measure("KL", "nats, as encoded")
        if track is None or track.base.std is None:
            self._strip.set_message("What each glimpse costs is known of encoded pictures only.")
            return
        cost = divergences(track.base.mean, track.base.std)
        self._strip.set_errors(cost, np.zeros(len(cost), np.bool_))
