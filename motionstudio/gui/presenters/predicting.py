"""How the active clip may go on: asked of its model, shown side by side, one kept as a clip."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from motionstudio.core.continuation import continued, following, pasted, run_before
from motionstudio.core.picture import Transform
from motionstudio.document.change import Change
from motionstudio.document.commands import AddSubjects
from motionstudio.document.live_commands import new_name
from motionstudio.document.opening import subject_from_clip
from motionstudio.document.subject import Framing, MediaRef, Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.predict_requests import FuturesReady, PredictRequest
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Cancelled, Failed, Progress, Response
from motionstudio.gui.items.layers import Content
from motionstudio.gui.panes.futures import Futures
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.resolve import clip_key_of, transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.workbench import Workbench
from motionstudio.models.base import Capability, ModelCard

PANE = "futures"
NO_FUTURES = "Continue the clip in the pane Futures first."
_STILL_STEP = 0.1
_FIRST_COUNT, _FIRST_FUTURES = 8, 4


@dataclass(frozen=True, slots=True)
class _About:
    """What futures were made of: nothing of it may have changed when they are kept."""

    subject: str
    media: MediaRef
    framing: Framing
    model: str
    frame: int
    seed: int
    temperature: float
    transform: Transform
    step: float

    def text(self, number: int, card: ModelCard | None) -> str:
        """For people: ``future 2 after frame 9, seed 4``."""
        words = f"future {number + 1} after frame {self.frame}"
        if card is None or card.one_future:
            return words
        spread = "" if self.temperature == 1 else f", spread {self.temperature:g}"
        return f"{words}, seed {self.seed}{spread}"


class PredictingPresenter(QObject):
    """Choices of the pane -> ``PredictRequest`` -> films, curve, viewport and clips.

    Signals:
        changed: what can be done may be different now.
        started, ended: futures are being made, in words; that is over.
        progressed: share done.

    Args:
        session: shared parts.
        bench: gets the pane; its viewports show the chosen future.
        parent: Qt parent.
    """

    changed = Signal()
    started = Signal(str)
    progressed = Signal(float)
    ended = Signal()

    def __init__(self, session: Session, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._bench, self._grid = session, bench, bench.viewports
        self.pane = Futures()
        bench.add_pane(PANE, "Futures", self.pane, icon="future")
        self._asked: int | None = None
        self._replaced: dict[int, Content] = {}
        self._about: _About | None = None
        self._found: FuturesReady | None = None
        self.count, self.futures, self.seed, self.temperature = _FIRST_COUNT, _FIRST_FUTURES, 0, 1.0
        self._connect()
        self.refresh()

    @property
    def running(self) -> bool:
        """Whether futures are being made."""
        return self._asked is not None

    @property
    def found(self) -> FuturesReady | None:
        """What is shown, complete or not."""
        return self._found

    def why_not(self) -> str:
        """Why the clip cannot be continued after the playhead, one sentence; empty where it can."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        if subject.media_problem:
            return subject.media_problem
        card = self._session.card(subject)
        if reason := missing_reason(card, Capability.PREDICT, "Continuing a clip"):
            return reason
        assert card is not None  # missing_reason says so
        frame = self._session.playhead
        if not subject.held and not subject.kept[frame]:
            return f"Frame {frame} is dropped: go to a frame that the model is shown."
        shown = len(past_of(subject, frame))
        if shown < card.context_needed:
            return (
                f"The model must be shown {card.context_needed} kept frames in a row up to here; "
                f"there {'is' if shown == 1 else 'are'} {shown}."
            )
        return "" if self._session.media.facts(subject) else "The clip is being read."

    def why_not_keep(self) -> str:
        """Why the chosen future cannot become a clip; empty where it can."""
        if self.running:
            return "Wait until it is made."
        if self._found is None:
            return "Continue the clip first."
        if self.pane.chosen_index < 0:
            return "This is what really follows."
        if self._found.whole(self.pane.chosen_index):
            return ""
        return "It was stopped before its first frame was whole."

    def open(self) -> None:
        """Show the pane, and continue the clip after the playhead."""
        self._bench.show_pane(PANE)
        self.go_on()

    def go_on(self) -> None:
        """Make futures after the playhead, with the choices of the pane."""
        subject = self._session.active
        if subject is None or self.why_not():
            return
        card, facts = self._session.card(subject), self._session.media.facts(subject)
        if card is None or facts is None:
            return
        frame, transform = self._session.playhead, transform_of(subject, facts, card)
        past = past_of(subject, frame)
        ahead = () if subject.held else following(len(subject.clip), frame, self.count)
        request = PredictRequest(
            subject=subject.id,
            revision=self._session.project.revision,
            model=subject.model,
            clip_key=clip_key_of(subject, facts),
            clip=subject.clip,
            transform=transform,
            past=past[-card.frames_max :] if card.frames_max else past,
            truth=ahead,
            count=self.count,
            futures=1 if card.one_future else self.futures,
            seed=self.seed,
            temperature=self.temperature,
        )
        self._forget("Making the first of it …")
        self._about = _About(
            subject.id, subject.media, subject.framing, subject.model, frame, self.seed,
            self.temperature, transform, step_of(subject),
        )  # fmt: skip
        self._asked = request.id
        self.pane.set_busy(True)
        self.started.emit(f"Continuing {subject.name}")
        self._session.engine.post(request)
        self.changed.emit()

    def stop(self) -> None:
        """Make no more; what is made stays in sight."""
        if self._asked is not None:
            self._session.engine.cancel(Lane.EXPLORE, topic=PredictRequest.topic)

    def keep(self) -> None:
        """Make a clip of the frames before and the chosen future, and show it."""
        found, about = self._found, self._about
        if found is None or about is None or self.why_not_keep():
            return
        subject = self._session.find(about.subject)
        number, card = self.pane.chosen_index, self._session.catalogue.card(about.model)
        words = about.text(number, card)
        taken = {one.name for one in self._session.project.subjects}
        before = "clip" if subject is None else subject.name
        name = new_name(f"{before}, future {number + 1}", taken)
        future = found.pictures[number][: found.whole(number)]
        clip = continued(found.past, future, about.step, name, f"{words}, by {about.model}")
        names = () if card is None else card.dim_names
        made = subject_from_clip(clip, model=about.model, dim_names=names)
        self._session.push(AddSubjects((made,)), "Keep a future")
        self._session.show(made.id)

    def shutdown(self) -> None:
        """Ask for nothing any more."""
        self.pane.play.setChecked(False)
        self.stop()

    def refresh(self) -> None:
        """Say what can be done with the active clip, and where it would go on."""
        subject = self._session.active
        frames = 0 if subject is None else len(subject.clip)
        card = self._session.card(subject)
        self.pane.set_start(self._session.playhead, frames)
        reason = self.why_not()
        able = not missing_reason(card, Capability.PREDICT, "")
        self.pane.set_reason(reason, able=able and subject is not None)
        one = card is not None and card.one_future and Capability.PREDICT in card.capabilities
        self.pane.set_chance("Nothing is left to chance in this model." if one else "")
        if self._found is None and not self.running:
            self.pane.words.setText(reason or "Go to a frame, then let the model go on from there.")
        self.pane.set_keep_reason(self.why_not_keep())
        self._grid.set_available(Content.FUTURE, "" if self._found else NO_FUTURES)

    def _connect(self) -> None:
        pane, session = self.pane, self._session
        pane.count.setValue(self.count)
        pane.futures.setValue(self.futures)
        pane.temperature.set_value(self.temperature)
        pane.startChanged.connect(self._go)
        for name, signal in (
            ("count", pane.countChanged), ("futures", pane.futuresChanged),
            ("seed", pane.seedChanged), ("temperature", pane.temperatureChanged),
        ):  # fmt: skip
            signal.connect(lambda value, name=name: setattr(self, name, value))
        pane.diceRequested.connect(self._roll)
        pane.continueRequested.connect(self.go_on)
        pane.stopRequested.connect(self.stop)
        pane.chosen.connect(self._enlarge)
        pane.frameChanged.connect(self._show_large)
        pane.keepRequested.connect(self.keep)
        session.engine.responseReady.connect(self._on_response)
        session.media.factsReady.connect(self._on_facts)
        session.media.frameReady.connect(self._on_frame)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    def _roll(self) -> None:
        self.pane.seed.setValue(random.randrange(1_000))
        if not self.why_not():
            self.go_on()

    def _go(self, frame: int) -> None:
        self._session.view.update(playhead=frame, playing=False)

    def _forget(self, words: str = "") -> None:
        self._found = self._about = None
        self.pane.clear(words)
        self._grid.set_inputs(future=None, future_words="")
        self.refresh()

    def _on_response(self, response: Response) -> None:
        if response.id != self._asked:
            return
        if isinstance(response, FuturesReady):
            self._show(response)
            if response.last:
                self._end()
        elif isinstance(response, Progress):
            self.progressed.emit(response.fraction)
        elif isinstance(response, Failed):
            self._end()
            self.pane.words.setText(response.message)
        elif isinstance(response, Cancelled):
            self._end()
            if self._found is None:
                self.pane.words.setText("Stopped before anything was made.")

    def _end(self) -> None:
        self._asked = None
        self.pane.set_busy(False)
        self.ended.emit()
        self.refresh()
        self.changed.emit()

    def _show(self, found: FuturesReady) -> None:
        about = self._about
        if about is None:
            return
        self._found = found
        self.pane.show_films(found.pictures, found.known, found.truth, about.step)
        if found.known is not None:
            # The frame that is being painted is the one to look at.
            painted = np.flatnonzero(found.known.any((0, 2, 3)))
            self.pane.go_to(int(painted[-1]) if len(painted) else 0)
        self.pane.show_errors(found.errors, found.copied)
        self.pane.words.setText(words_of(found, about.frame))
        self._grid.set_available(Content.FUTURE, "")
        self._show_large(self.pane.frame)

    def _enlarge(self, _index: int) -> None:
        """Show what was clicked in a viewport; where none shows futures, in the active one."""
        if all(viewport.content is not Content.FUTURE for viewport in self._grid.shown):
            place = self._grid.active
            self._replaced[place] = self._grid.contents[place]
            self._put({place: Content.FUTURE})
        self._show_large(self.pane.frame)
        self.refresh()
        self.changed.emit()

    def _put(self, changes: dict[int, Content]) -> None:
        contents = list(self._session.view.state.contents)
        for place, content in changes.items():
            contents[place] = content.value
        self._session.view.update(contents=tuple(contents))

    def _put_back(self) -> None:
        """Another subject has no futures yet: its viewports show what they showed before."""
        at = [n for n, content in enumerate(self._grid.contents) if content is Content.FUTURE]
        if at:
            self._put({n: self._replaced.get(n, Content.GENERATED) for n in at})
        self._replaced.clear()

    def _show_large(self, frame: int) -> None:
        found, about = self._found, self._about
        subject = None if about is None else self._session.find(about.subject)
        if found is None or about is None or subject is None:
            return
        if subject.id != self._session.view.state.active:
            return
        if all(viewport.content is not Content.FUTURE for viewport in self._grid.shown):
            return
        number = self.pane.chosen_index
        film = found.truth if number < 0 else found.pictures[number]
        base = self._session.media.frame(subject, about.frame)
        if base is None or not len(film):
            return  # Where it is being read, ``_on_frame`` follows.
        picture = film[min(frame, len(film) - 1)]
        words = f"+{frame + 1} frames"
        if number < 0:
            words = f"what really follows, {words}"
        else:
            words = f"{about.text(number, self._session.card(subject))}, {words}"
        self._grid.set_inputs(future=pasted(picture, base, about.transform), future_words=words)

    def _on_frame(self, subject_id: str, frame: int) -> None:
        if self._about and (subject_id, frame) == (self._about.subject, self._about.frame):
            self._show_large(self.pane.frame)

    def _on_facts(self, subject_id: str) -> None:
        if subject_id == self._session.view.state.active:
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.stop()
            self._forget()
            self._put_back()
        elif new.playhead != old.playhead:
            self.refresh()
        elif new.contents != old.contents or new.layout != old.layout:
            self._show_large(self.pane.frame)

    def _on_change(self, change: Change) -> None:
        active, about = self._session.active, self._about
        if change.subject_id not in (None, None if active is None else active.id):
            return
        same = about is None or (
            active is not None
            and (about.media, about.framing, about.model)
            == (active.media, active.framing, active.model)
        )
        if same:
            self.refresh()
        else:
            self.stop()
            self._forget()


def past_of(subject: Subject, frame: int) -> tuple[int, ...]:
    """The frames that a model is shown: of a picture that is held, that one picture."""
    return (frame,) if subject.held else run_before(subject.kept, frame)


def step_of(subject: Subject) -> float:
    """Seconds from frame to frame."""
    return 1.0 / subject.clip.fps if len(subject.clip) > 1 else _STILL_STEP


def words_of(found: FuturesReady, frame: int) -> str:
    """What is shown, in one line."""
    count, truth = found.pictures.shape[1], len(found.truth)
    words = f"{count} frame{'s' if count > 1 else ''} after frame {frame}"
    if not truth:
        return f"{words} · the clip ends here, so there is no truth"
    if truth < count:
        words += f" · the truth ends after {truth}"
    return (
        f"{words} · mean RMSE below each; copying the last frame (grey) {found.copied.mean():.3f}"
    )
