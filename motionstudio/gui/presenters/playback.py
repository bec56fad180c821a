"""Time: the playhead, playing, scrubbing, the play range."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from motionstudio.core.playback import Loop, Pace, PlaybackClock
from motionstudio.core.rate_meter import RateMeter
from motionstudio.core.viewing_rate import viewing_rate
from motionstudio.document.change import Change
from motionstudio.document.view import ViewState
from motionstudio.gui.panes.timeline import Timeline
from motionstudio.gui.presenters.positions import Timing, why_no_upsampling
from motionstudio.gui.presenters.session import Session

_TICK_MS, _QUICK_TICK_MS = 8, 3
# From here on ticks of 8 ms come too late for some pictures.
_QUICK = 60.0
SPEEDS = (-4.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 4.0)
"""What J and L step through, times the rate; below zero time runs backwards."""
FASTEST = 240.0


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
        self._timing: Timing | None = None
        self._meter = RateMeter(self._seconds)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)
        self._connect()

    @property
    def clock(self) -> PlaybackClock | None:
        """The clock of the active subject, or None."""
        return self._clock

    def toggle(self, playing: bool | None = None) -> None:
        """Play forward at the plain rate, or pause; None changes from one to the other."""
        on = not self._session.view.state.playing if playing is None else playing
        subject = self._session.active
        if on and (subject is None or len(subject.clip) < 2):
            on = False
        speed = 1.0 if on else self._session.view.state.speed
        self._session.view.update(playing=on, speed=speed)
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

    def set_loop(self, loop: Loop) -> None:
        """Start again at the end, turn back there, or stop."""
        self._session.view.update(loop=loop)
        self._session.settings.update(loop=loop is not Loop.ONCE, at_the_end=loop.value)

    def set_real_time(self, on: bool) -> None:
        """Keep to the clock and skip frames where needed, or show every frame."""
        self._session.view.update(pace=Pace.REAL_TIME if on else Pace.EVERY_FRAME)
        self._session.settings.update(real_time=on)

    def set_fps(self, fps: float | None) -> None:
        """Play at this rate; None: the clip's own, its true frame times."""
        self._session.view.update(fps=fps)

    def set_upsampling(self, factor: int) -> None:
        """Show ``factor`` pictures for each frame; those in between are decoded."""
        self._session.view.update(upsampling=factor)

    def faster(self) -> None:
        """Play, or play faster; from backwards towards forwards."""
        self._shuttle(1)

    def slower(self) -> None:
        """Play backwards, or slower, then backwards."""
        self._shuttle(-1)

    def _shuttle(self, step: int) -> None:
        view = self._session.view.state
        subject = self._session.active
        if subject is None or len(subject.clip) < 2:
            return
        at = SPEEDS.index(view.speed) if view.speed in SPEEDS else SPEEDS.index(1.0)
        following = SPEEDS[min(max(at + step, 0), len(SPEEDS) - 1)]
        self._session.view.update(playing=True, speed=following if view.playing else float(step))

    def tick(self) -> None:
        """Let the time that has passed act; called by the timer."""
        clock, view = self._clock, self._session.view
        if clock is None or not view.state.playing:
            return
        if view.state.pace is Pace.EVERY_FRAME and not self._is_drawn():
            return
        if self._is_drawn():
            self._meter.drew()
        before, position = clock.frame, clock.tick()
        if not clock.playing:
            self.toggle(False)
        if position != before and self._timing is not None:
            self._meter.moved()
            frame, part = self._timing.places.frame_of(position)
            view.update(playhead=frame, part=part)
            if self._is_drawn():
                self._meter.drew()
            self.rateChanged.emit(self._meter.rate, clock.skipped + self._meter.late)

    def stop(self) -> None:
        """Stop the timer for good."""
        self._timer.stop()

    def _seconds(self) -> float:
        return self._now()

    def _range(self) -> tuple[int, int]:
        subject = self._session.active
        whole = (0, 0 if subject is None else len(subject.clip) - 1)
        return self._session.view.state.play_range or whole

    def _connect(self) -> None:
        timeline = self._timeline
        timeline.scrubbed.connect(self.go)
        timeline.frameClicked.connect(self._on_click)
        timeline.playToggled.connect(self.toggle)
        timeline.loopChosen.connect(self.set_loop)
        timeline.upsamplingChosen.connect(self.set_upsampling)
        timeline.realTimeToggled.connect(self.set_real_time)
        timeline.fpsChanged.connect(self.set_fps)
        timeline.stepRequested.connect(self.step)
        timeline.startRequested.connect(self.start)
        timeline.endRequested.connect(self.end)
        timeline.rangeChanged.connect(self.set_range)

    def _on_click(self, frame: int, _modifiers: object) -> None:
        self.go(frame)

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"subjects", "encoding", "model", "framing", "reference", "cyclic"}:
            self._renew()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if (new.active, new.upsampling) != (old.active, old.upsampling):
            self._renew()
        clock, timing = self._clock, self._timing
        if clock is None or timing is None:
            return
        if (new.play_range, new.loop, new.pace, new.fps, new.speed) != (
            old.play_range, old.loop, old.pace, old.fps, old.speed,
        ):  # fmt: skip
            self._set_up(clock, timing, new)
        position = timing.places.at(self._session.playhead, new.part)
        if position != clock.frame:
            clock.seek(position)
        if new.playing != old.playing:
            self._run(clock, new.playing)
        self._show_position(timing, position)

    def _show_position(self, timing: Timing, position: int) -> None:
        frame, part = timing.places.frame_of(position)
        self._timeline.set_current(frame)
        self._timeline.set_part(part, timing.places.factor, float(timing.times[position]))

    def _run(self, clock: PlaybackClock, playing: bool) -> None:
        if playing:
            clock.play()
            self._meter.start(drawn=self._is_drawn())
            self._timer.start()
        else:
            clock.pause()
            self._timer.stop()
            self.rateChanged.emit(0.0, 0)
        self._timeline.set_playing(playing)

    def _renew(self) -> None:
        subject, view = self._session.active, self._session.view.state
        if subject is None:
            self._clock = self._timing = None
            self._timer.stop()
            return
        self._timing = timing = Timing.of(subject, view.upsampling)
        self._clock = PlaybackClock(timing.times, now=self._seconds)
        position = timing.places.at(self._session.playhead, view.part)
        self._clock.seek(position)
        self._set_up(self._clock, timing, view)
        self._timeline.set_upsampling(view.upsampling, why_no_upsampling(subject))
        self._show_position(timing, position)
        # A single picture does not play, whatever was playing before it was shown.
        self._timeline.set_playing(view.playing and timing.places.count > 1)
        if view.playing:
            self._clock.play()
            self._timer.start()

    def _set_up(self, clock: PlaybackClock, timing: Timing, view: ViewState) -> None:
        last = timing.places.count - 1
        first, end = view.play_range or (0, last)
        clock.play_range = timing.places.span(min(first, last), min(end, last))
        clock.loop, clock.pace = view.loop, view.pace
        subject = self._session.active
        own = 1.0 if subject is None else viewing_rate(subject.clip.fps)
        rate = own if view.fps is None else view.fps
        clock.fps = min(rate * timing.places.factor * abs(view.speed), FASTEST)
        if clock.reverse != (view.speed < 0):
            clock.reverse = view.speed < 0
        quick = clock.fps > _QUICK
        self._timer.setInterval(_QUICK_TICK_MS if quick else _TICK_MS)
        self._timeline.set_range(view.play_range)
        self._timeline.set_loop(view.loop)
        self._timeline.set_real_time(view.pace is Pace.REAL_TIME)
        self._timeline.set_fps(rate, own)
        self._timeline.set_speed(view.speed)
