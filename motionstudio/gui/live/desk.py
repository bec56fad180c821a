"""One open live window at work: driver, source, switches, recording. Nothing here waits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pydantic import ValidationError
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from motionstudio.core.errors import MotionStudioError
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.engine.live_requests import GainReady, SourceReady
from motionstudio.gui.live import sources
from motionstudio.gui.live.choices import LiveChoices
from motionstudio.gui.live.drivers import ChooseFile, Drivers, choose_file
from motionstudio.gui.live.keeping import targets
from motionstudio.gui.live.loop import Asked, LiveLoop, LiveSource
from motionstudio.gui.live.showing import Showing
from motionstudio.gui.live.taking import Taking
from motionstudio.gui.live.window import FILE_KEY, LiveWindow
from motionstudio.gui.presenters.session import Session
from motionstudio.io.capture import ClipCapture, Framing

FASTER = 1.1
"""A preview that gains less is not offered."""
_NO_POINTS = "This model has no keypoints."
_NOT_RUNNING = "Start a driver first."


class LiveDesk(QObject):
    """Wires a live window to its loop and to the document.

    Args:
        session: shared parts.
        detector: finds poses.
        drivers: what can drive.
        parent: the studio's window, owner of the live one.
        clock: seconds.
    """

    def __init__(
        self,
        session: Session,
        detector: Asked,
        drivers: Drivers,
        parent: QWidget,
        clock: Callable[[], float],
    ) -> None:
        super().__init__()
        self._session, self._clock = session, clock
        self.drivers = drivers
        self.window = LiveWindow(parent)
        self.loop = LiveLoop(detector, session.engine, clock, self)
        self.taking = Taking(session, self.loop.drive, self.window.controls)
        self.ask_file: ChooseFile = choose_file
        self.choices = _remembered(session)
        self._source: LiveSource | None = None
        self._chosen = sources.first_choice(session, "")
        self._driver = self._begun = ""
        self._hash = ""
        self._points: bool | None = None
        self._gains: dict[str, GainReady] = {}
        self._gain_of = ""
        self._open = False
        self._pan = (0.0, 0.0)
        self.showing = Showing(self.loop, self.window, lambda: self.choices, clock, self)
        self._connect()
        self._begin()

    def close(self) -> None:
        """The window is gone: keep what was recorded, read no more."""
        self._finish_take()
        self._remember()
        self._open = False
        self.loop.stop()
        self._session.project.changed.disconnect(self._on_document)
        self._session.media.factsReady.disconnect(self._on_facts)
        self.window.deleteLater()

    def keep(self) -> None:
        """End a recording and keep it."""
        self._finish_take()

    def wait(self) -> None:
        """Wait for the devices."""
        self.loop.shutdown()
        self.drivers.shutdown()

    @property
    def source(self) -> Subject | None:
        """The subject that is driven."""
        return self._session.find(self._chosen)

    def choose_source(self, subject_id: str) -> None:
        """Drive another subject; what was recorded of the one before is kept."""
        if subject_id != self._chosen:
            self._finish_take()
            self._chosen = subject_id
        self._load_source()

    def step_source(self, step: int) -> None:
        """The next or previous subject that can be driven."""
        self.choose_source(sources.stepped(self._can(), self._chosen, step))

    def choose_driver(self, key: str) -> None:
        """Let another driver move the source, at once."""
        if key == FILE_KEY:
            path = self.ask_file(self.window)
            key = self._driver if path is None else self.drivers.add_file(path)
            self._show_drivers(key)
            if path is None:
                return
        self._driver = key
        self.start()

    def start(self) -> None:
        """Read the driver that is chosen."""
        self._finish_take()
        make = self.drivers.opener(self._driver, self._session.project.subjects)
        if make is None:
            self.window.set_words(self.drivers.why_none() or "Choose a driver.", "error")
            return
        self._set(driver=self._driver)
        self._remember()
        if self._driver != self._begun:
            # People know themselves from mirrors; a clip is shown as it is.
            self._begun = self._driver
            self.set_framing(Framing(self.drivers.is_camera(self._driver)))
        self.loop.start(make)
        self.window.set_paused(False)
        self.window.set_clip(0)
        self.window.set_words("")
        self.window.driver.set_picture(None)
        self.window.driver.set_points(None)
        self.window.driver.set_message("Waiting for the first picture…")
        self._show_state()

    def stop(self) -> None:
        """Read no more; the last pictures stay."""
        self._finish_take()
        self.loop.stop()
        self._show_state()

    def calibrate(self) -> None:
        """The driver's picture of this moment stands for the source as it is."""
        self.loop.calibrate()
        self.loop.again()

    def toggle_recording(self) -> None:
        """Begin to remember, or keep what was."""
        if self.taking.on:
            self._finish_take()
        elif self.loop.running:
            self.taking.begin()

    def change(self, name: str, value: object) -> None:
        """Another value of a field of ``LiveChoices``."""
        self._set(**{name: value})
        self._apply()
        self.loop.again()

    def toggle(self, name: str) -> None:
        """Turn a switch of ``LiveChoices`` over."""
        check = self.window.controls.checks[name]
        if check.isEnabled():
            check.toggle()

    def set_framing(self, framing: Framing) -> None:
        """Use another square of the driver's picture."""
        self._pan = framing.pan
        self._set(zoom=framing.zoom, mirror=framing.mirror)
        self._apply()
        self.loop.again()

    def _begin(self) -> None:
        self._open = True
        self._apply()
        self._load_source()
        entries = self.drivers.entries(self._session.project.subjects)
        self._driver = self.drivers.preferred(entries, "", self._chosen)
        self._show_drivers(self._driver)
        self.window.driver.set_message(
            "Choose what drives", "A camera, an open clip or a video file, then Start."
        )
        self.refresh()
        self._show_state()

    def refresh(self) -> None:
        """Look for cameras."""
        self.drivers.refresh()
        if not self.loop.running:
            self.window.set_words("Looking for cameras…")

    def _connect(self) -> None:
        window, loop, controls = self.window, self.loop, self.window.controls
        loop.ready.connect(self._on_ready)
        loop.gained.connect(self._on_gain)
        loop.failed.connect(self._on_failed)
        loop.ended.connect(self._on_ended)
        self.drivers.found.connect(self._on_cameras)
        window.driverChosen.connect(self.choose_driver)
        window.refreshRequested.connect(self.refresh)
        window.startRequested.connect(self.start)
        window.stopRequested.connect(self.stop)
        window.paused.connect(self._pause)
        window.sought.connect(self._seek)
        window.numberPressed.connect(self._choose_number)
        window.mirrorPressed.connect(partial(self.toggle, "mirror"))
        window.pointsPressed.connect(partial(self.toggle, "keypoints"))
        window.gallery.chosen.connect(self.choose_source)
        window.gallery.stepRequested.connect(self.step_source)
        window.driver.framed.connect(self.set_framing)
        self.showing.told.connect(self._on_told)
        controls.changed.connect(self.change)
        controls.calibrateRequested.connect(self.calibrate)
        controls.resetRequested.connect(partial(self._reset_framing))
        controls.recordRequested.connect(self.toggle_recording)
        self._session.project.changed.connect(self._on_document)
        self._session.media.factsReady.connect(self._on_facts)

    def _can(self) -> list[str]:
        session = self._session
        return [s.id for s in session.project.subjects if not sources.why_not(session, s)]

    def _choose_number(self, number: int) -> None:
        can = self._can()
        if number <= len(can):
            self.choose_source(can[number - 1])

    def _load_source(self) -> None:
        subject = self.source
        source = None if subject is None else sources.live_source(self._session, subject)
        self._source = source
        if subject is not None and source is not None:
            self.window.result.set_picture(sources.picture_of(self._session, subject))
            self.window.result.set_place(
                sources.place_of_square(source.transform), source.transform.angle
            )
        self.window.result.set_message("" if source else "Reading the source…")
        self.loop.set_source(source)
        self._show_sources()
        self._show_state()

    def _show_sources(self) -> None:
        self.window.gallery.show_choices(sources.choices(self._session), self._chosen)

    def _show_drivers(self, key: str) -> None:
        self.window.set_drivers(self.drivers.entries(self._session.project.subjects), key)

    def _set(self, **fields: object) -> None:
        self.choices = LiveChoices.model_validate({**self.choices.model_dump(), **fields})

    def _remember(self) -> None:
        self._session.settings.update(live=self.choices.model_dump())

    def _apply(self) -> None:
        """Let everything have what is set."""
        choices = self.choices
        framing = Framing(choices.mirror, choices.zoom, self._pan)
        self.loop.framing = framing
        self.loop.drive.set(choices.drive)
        self.loop.fast = choices.fast and self._pays()
        self.window.driver.set_framing(framing)
        self.window.result.set_opacity(choices.opacity / 100)
        if not choices.keypoints:
            self.window.driver.set_points(None)
        self.window.controls.show_choices(choices)
        self._show_state()

    def _reset_framing(self) -> None:
        self.set_framing(Framing(self.choices.mirror))

    def _pays(self) -> bool:
        gain = self._gains.get(self._gain_of)
        return gain is not None and gain.gain >= FASTER

    def _show_state(self) -> None:
        """What can be done now, and why the rest cannot."""
        running, controls, subject = self.loop.running, self.window.controls, self.source
        reasons: dict[str, str] = {}
        if not running:
            reasons |= {"calibrate": _NOT_RUNNING, "record": _NOT_RUNNING}
        if self._points is False:
            names = ("best", "keypoints", "adapt_scale", "remove_mean", "movement")
            reasons |= dict.fromkeys(names, _NO_POINTS)
        if not self.choices.smooth:
            reasons["steadiness"] = "Nothing is smoothed."
        if not self._pays():
            measured = self._gain_of in self._gains
            reasons["fast"] = "It is not faster here." if measured else "It is being measured."
        controls.set_reasons(reasons)
        controls.set_targets(targets(subject), self.choices.target)
        self.window.set_running(running, "" if self._source else "The source is not ready.")
        name = "" if subject is None else f"{subject.name} · {subject.model}"
        self.window.set_names(self.window.drivers.currentText(), name)

    def _pause(self, on: bool) -> None:
        capture = self.loop.capture
        if isinstance(capture, ClipCapture):
            capture.pause(on)

    def _seek(self, frame: int) -> None:
        capture = self.loop.capture
        if isinstance(capture, ClipCapture):
            capture.seek(frame)

    def _on_ready(self, response: SourceReady) -> None:
        source = self._source
        self._hash, self._points = response.model_hash, response.rest is not None
        self.window.set_device(response.device)
        self.window.result.set_message("")
        if source is not None:
            self._gain_of = source.model
            if source.model not in self._gains:
                self.loop.measure_gain()
        self._apply()
        self.loop.again()

    def _on_gain(self, gain: GainReady) -> None:
        self._gains[self._gain_of] = gain
        how = f"{gain.gain:.1f} times as fast" if self._pays() else "Not faster here"
        words = f"{how}: {gain.fast:.0f} instead of {gain.plain:.0f} ms"
        self.window.controls.set_gain(words)
        self._apply()

    def _on_failed(self, message: str, hint: str) -> None:
        self._finish_take()
        self.window.result.set_message(message, hint)
        self._show_state()

    def _on_ended(self, error: MotionStudioError | None) -> None:
        """The driver ended by itself; what was recorded is kept."""
        self._finish_take()
        words = ("The driver has ended.", "") if error is None else (error.message, error.hint)
        self.window.driver.set_message(*words)
        self.window.set_words(" ".join(words).strip(), "" if error is None else "error")
        self._show_state()

    def _on_cameras(self) -> None:
        if not self._open:
            return
        entries = self.drivers.entries(self._session.project.subjects)
        if not self.loop.running:
            last = self.choices.driver
            self._driver = self.drivers.preferred(entries, last, self._chosen)
            self.window.set_words(self.drivers.why_none())
        self._show_drivers(self._driver)
        self._show_state()

    def _on_facts(self, subject_id: str) -> None:
        if subject_id == self._chosen and self._source is None:
            self._load_source()
        self._show_sources()

    def _on_document(self, change: Change) -> None:
        if self.source is None:
            self.taking.discard()
            self._chosen = sources.first_choice(self._session, "")
            self._load_source()
        elif change.subject_id in (None, self._chosen) and change.kinds - {"latent", "kept"}:
            self._source_may_differ()
        self._show_sources()
        self._show_drivers(self._driver)
        self._show_state()

    def _source_may_differ(self) -> None:
        subject, known = self.source, self._source
        assert subject is not None
        now = sources.live_source(self._session, subject)
        same = now is not None and known is not None and (
            (now.model, now.source.key, now.transform)
            == (known.model, known.source.key, known.transform)
        )  # fmt: skip
        if not same:
            self._finish_take()
            self._load_source()

    def _on_told(self) -> None:
        if self.taking.on:
            self.taking.show()
            if self.taking.full:
                self._finish_take()

    def _finish_take(self) -> None:
        self.taking.finish(self.source, self.choices, self._hash)


def _remembered(session: Session) -> LiveChoices:
    """What was set last; settings that do not fit any more start anew."""
    try:
        return LiveChoices.model_validate(session.settings.value.live)
    except ValidationError:
        return LiveChoices()
