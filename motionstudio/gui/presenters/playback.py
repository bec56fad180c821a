"""Time: the playhead, playing, scrubbing, the play range."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from motionstudio.core.playback import Loop, Pace, PlaybackClock
from motionstudio.document.change import Change
from motionstudio.document.view import ViewState
from motionstudio.gui.panes.timeline import Timeline
from motionstudio.gui.presenters.session import Session

_TICK_MS = 8


class PlaybackPresenter(QObject):
    """Timeline and clock -> view state -> timeline.

    Signals:
        rateChanged: measured frames per second and frames skipped, while playing; (0, 0) at rest.

    Args:
        session: shared parts.
        timeline: the pane.
        is_drawn: whether the frame that was asked for is on screen, for *every frame*.
        now: seconds of a monotonic clock.
        parent: Qt parent.
    """

    rateChanged = Signal(float, int)

    def __init__(
        self,
        session: Session,
        timeline: Timeline,
        is_drawn: Callable[[], bool],
        now: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._timeline = session, timeline
        self._is_drawn, self._now = is_drawn, now
        self._clock: PlaybackClock | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._measured: tuple[float, int] = (0.0, 0)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)
        self._connect()

    @property
    def clock(self) -> PlaybackClock | None:
        """The clock of the active subject, or None."""
        return self._clock

    def toggle(self, playing: bool | None = None) -> None:
        """Play or pause; None changes from one to the other."""
        on = not self._session.view.state.playing if playing is None else playing
        subject = self._session.active
        if on and (subject is None or len(subject.clip) < 2):
            on = False
        self._session.view.update(playing=on)
        self._timeline.set_playing(on)

    def step(self, frames: int) -> None:
        """Go ``frames`` on, around the ends where the sequence is played as a loop."""
        subject = self._session.active
        if subject is None:
            return
        self.toggle(False)
        count = len(subject.clip)
        target = self._session.playhead + frames
        looped = self._session.view.state.loop is not Loop.ONCE
        self.go(target % count if looped else min(max(target, 0), count - 1))

    def go(self, frame: int) -> None:
        """Show a frame; when playing, go on from there."""
        self._session.view.update(playhead=frame)

    def start(self) -> None:
        """Go to the start of the play range."""
        self.go(self._range()[0])

    def end(self) -> None:
        """Go to its end."""
        self.go(self._range()[1])

    def set_range(self, span: tuple[int, int] | None) -> None:
        """Play only these frames, both included; None: all."""
        self._session.view.update(play_range=span)

    def mark_in(self) -> None:
        """The play range starts here."""
        last = self._range()[1]
        self.set_range((self._session.playhead, max(last, self._session.playhead)))

    def mark_out(self) -> None:
        """The play range ends here."""
        first = self._range()[0]
        self.set_range((min(first, self._session.playhead), self._session.playhead))

    def set_loop(self, on: bool) -> None:
        """Start again at the end, or stop there."""
        self._session.view.update(loop=Loop.LOOP if on else Loop.ONCE)
        self._session.settings.update(loop=on)

    def set_real_time(self, on: bool) -> None:
        """Keep to the clock and skip frames where needed, or show every frame."""
        self._session.view.update(pace=Pace.REAL_TIME if on else Pace.EVERY_FRAME)
        self._session.settings.update(real_time=on)

    def set_fps(self, fps: float) -> None:
        """Play at this rate."""
        self._session.view.update(fps=fps)

    def faster(self) -> None:
        """Play, or play faster."""
        self._change_speed(1.5)

    def slower(self) -> None:
        """Play slower."""
        self._change_speed(1 / 1.5)

    def tick(self) -> None:
        """Let the time that has passed act; called by the timer."""
        clock, view = self._clock, self._session.view
        if clock is None or not view.state.playing:
            return
        if view.state.pace is Pace.EVERY_FRAME and not self._is_drawn():
            return
        frame = clock.tick()
        if not clock.playing:
            self.toggle(False)
        if frame != view.state.playhead:
            view.update(playhead=frame)
            self._measure(clock)

    def stop(self) -> None:
        """Stop the timer for good."""
        self._timer.stop()

    def _measure(self, clock: PlaybackClock) -> None:
        start, shown = self._measured
        elapsed = self._now() - start
        self._measured = (start, shown + 1)
        if elapsed > 0.5:
            self.rateChanged.emit((shown + 1) / elapsed, clock.skipped)
        if elapsed > 2:
            self._measured = (self._now(), 0)

    def _change_speed(self, factor: float) -> None:
        if self._clock is not None:
            self.set_fps(min(max(self._clock.fps * factor, 1.0), 240.0))
            self.toggle(True)

    def _range(self) -> tuple[int, int]:
        subject = self._session.active
        whole = (0, 0 if subject is None else len(subject.clip) - 1)
        return self._session.view.state.play_range or whole

    def _connect(self) -> None:
        timeline = self._timeline
        timeline.scrubbed.connect(self.go)
        timeline.frameClicked.connect(self._on_click)
        timeline.playToggled.connect(self.toggle)
        timeline.loopToggled.connect(self.set_loop)
        timeline.realTimeToggled.connect(self.set_real_time)
        timeline.fpsChanged.connect(self.set_fps)
        timeline.stepRequested.connect(self.step)
        timeline.startRequested.connect(self.start)
        timeline.endRequested.connect(self.end)
        timeline.rangeChanged.connect(self.set_range)

    def _on_click(self, frame: int, _modifiers: object) -> None:
        self.go(frame)

    def _on_change(self, change: Change) -> None:
        if "subjects" in change.kinds:
            self._renew()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._renew()
        clock = self._clock
        if clock is None:
            return
        if (new.play_range, new.loop, new.pace, new.fps) != (
            old.play_range, old.loop, old.pace, old.fps,
        ):  # fmt: skip
            self._set_up(clock, new)
        if new.playhead != clock.frame and 0 <= new.playhead < self._count():
            clock.seek(new.playhead)
        if new.playing != old.playing:
            self._run(clock, new.playing)
        self._timeline.set_current(self._session.playhead)

    def _run(self, clock: PlaybackClock, playing: bool) -> None:
        if playing:
            clock.play()
            self._measured = (self._now(), 0)
            self._timer.start()
        else:
            clock.pause()
            self._timer.stop()
            self.rateChanged.emit(0.0, 0)
        self._timeline.set_playing(playing)

    def _count(self) -> int:
        subject = self._session.active
        return 0 if subject is None else len(subject.clip)

    def _renew(self) -> None:
        subject = self._session.active
        if subject is None:
            self._clock = None
            self._timer.stop()
            return
        self._clock = PlaybackClock(subject.clip.times, now=self._now)
        self._clock.seek(self._session.playhead)
        self._set_up(self._clock, self._session.view.state)
        if self._session.view.state.playing:
            self._clock.play()

    def _set_up(self, clock: PlaybackClock, view: ViewState) -> None:
        last = len(self._session.active.clip) - 1 if self._session.active else 0
        first, end = view.play_range or (0, last)
        clock.play_range = (min(first, last), min(end, last))
        clock.loop, clock.pace = view.loop, view.pace
        if view.fps is not None:
            clock.fps = view.fps
        self._timeline.set_range(view.play_range)
        self._timeline.set_loop(view.loop is not Loop.ONCE)
        self._timeline.set_real_time(view.pace is Pace.REAL_TIME)
        self._timeline.set_fps(clock.fps)
