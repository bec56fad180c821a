"""Driver in, pictures out: what is asked next, with no queue that could grow.

The newest picture of the driver goes to the detector as soon as that is free, and the newest row
to the decoder as soon as that is. Both have threads of their own, so that a slow decoder holds
back neither the driver's picture nor its keypoints, nor what is recorded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.live_drive import LiveDrive
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine import live_requests as live
from motionstudio.engine.requests import Picture, Request
from motionstudio.engine.responses import Cancelled, Failed, Response
from motionstudio.gui.live.feed import LiveFeed
from motionstudio.gui.live.figures import FigureKeeper
from motionstudio.io.capture import Capture, Framing, LiveFrame, Open

_PATIENCE_S = 5.0


class Asked(Protocol):
    """What a loop needs of an engine."""

    @property
    def responseReady(self) -> SignalInstance:
        """A ``Response``, in the order in which they were made."""

    def post(self, request: Request) -> None:
        """Ask for something."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveSource:
    """What is driven.

    Attributes:
        subject: its id. ``revision``: of the document. ``model``: name of its checkpoint.
        source: its picture; ``transform`` belongs to it.
        size: (H, W) of the results.
    """

    subject: str
    revision: int
    model: str
    source: Picture
    transform: Transform
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    row: Float
    moment: float
    number: int


class LiveLoop(QObject):
    """The loop of one window.

    Signals:
        framed: the newest ``LiveFrame`` of the driver.
        posed: ``PoseReady``, in the source's terms from now on in ``drive``.
        pictured: ``DrivenReady``.
        ready: ``SourceReady``: the source can be driven.
        gained: ``GainReady``.
        failed: a sentence and a hint of what went wrong with the model.
        ended: the driver has ended: a ``MotionStudioError``, or None for its plain end.

    Args:
        detector: finds poses.
        pictures: makes pictures.
        clock: seconds.
        parent: Qt parent.
    """

    framed = Signal(object)
    posed = Signal(object)
    pictured = Signal(object)
    ready = Signal(object)
    gained = Signal(object)
    failed = Signal(str, str)
    ended = Signal(object)

    def __init__(
        self,
        detector: Asked,
        pictures: Asked,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._detector, self._pictures, self._clock = detector, pictures, clock
        self.drive = LiveDrive()
        self.figures = FigureKeeper()
        self.framing = Framing()
        self.fast = False
        self._feed: LiveFeed | None = None
        self._old: list[LiveFeed] = []
        self._source: LiveSource | None = None
        self._reference: live.Image | None = None
        self._frame: LiveFrame | None = None
        self._seen: LiveFrame | None = None
        self._row: _Row | None = None
        self._asked: dict[str, int] = {}
        self._is_ready = False
        detector.responseReady.connect(self._on_response)
        pictures.responseReady.connect(self._on_response)

    @property
    def running(self) -> bool:
        """Whether a driver is read."""
        return self._feed is not None

    @property
    def capture(self) -> Capture | None:
        """What is read now, once it is open."""
        return None if self._feed is None else self._feed.capture

    @property
    def newest(self) -> int:
        """Number of the newest picture of the driver, or -1."""
        return -1 if self._feed is None else self._feed.reader.newest

    def set_source(self, source: LiveSource | None) -> None:
        """Drive something else; the driver's reference stays where the model stays."""
        before, self._source = self._source, source
        self._is_ready, self._row = False, None
        self._asked.clear()
        if source is None or before is None or before.model != source.model:
            self.calibrate()
        if source is not None:
            self._ask("source", self._detector, live.SourceRequest(
                subject=source.subject, revision=source.revision, model=source.model,
                source=source.source, transform=source.transform,
            ))  # fmt: skip

    def start(self, make: Open) -> None:
        """Read another driver from now on."""
        self.stop()
        self.calibrate()
        self.figures = FigureKeeper()
        before = self._old[-1] if self._old else None
        self._feed = LiveFeed(make, self._clock, before)
        self._feed.arrived.connect(self._on_arrived)

    def stop(self) -> None:
        """Read no driver; nobody waits for its device."""
        if self._feed is not None:
            self._feed.stop()
            self._old.append(self._feed)
            self._feed = None
        self._forget_ended()
        self._frame = self._seen = self._row = None
        for what in ("pose", "picture"):
            # Late answers are about a driver that is left; they must not calibrate the next one.
            self._asked.pop(what, None)

    def again(self) -> None:
        """Drive with the driver's last picture once more: settings changed, none may follow."""
        if self._seen is not None and self._frame is None:
            self._frame = replace(self._seen, time=self._clock())
            self._ask_pose()

    def calibrate(self) -> None:
        """The driver's next picture is its reference: the source as it is."""
        self.drive.calibrate()
        self._reference = None

    def measure_gain(self) -> None:
        """Measure what pictures of lower precision save; ``gained`` follows."""
        source = self._source
        if source is not None and "gain" not in self._asked:
            self._ask("gain", self._pictures, live.GainRequest(
                subject=source.subject, revision=source.revision, model=source.model,
                source=source.source, transform=source.transform,
            ))  # fmt: skip

    def shutdown(self) -> None:
        """Stop, and wait for the devices."""
        self.stop()
        self._source = None
        self._asked.clear()
        for feed in self._old:
            feed.close(_PATIENCE_S)

    def _on_arrived(self) -> None:
        feed = self._feed
        if feed is None or self.sender() is not feed:
            return
        try:
            frame = feed.take()
        except MotionStudioError as error:
            self._end(error)
            return
        if frame is None:
            if feed.ended:
                self._end(None)
            return
        self.figures.captured(frame.time, frame.spent)
        self._frame = self._seen = frame
        self.framed.emit(frame)
        self._ask_pose()
        if feed.ended and self._feed is feed:
            self._end(None)

    def _end(self, error: MotionStudioError | None) -> None:
        self.stop()
        self.ended.emit(error)

    def _ask_pose(self) -> None:
        source, frame = self._source, self._frame
        if source is None or frame is None or not self._is_ready or "pose" in self._asked:
            return
        self._frame = None
        square = self.framing.apply(frame.picture)
        if self._reference is None:
            self._reference = square
        self._ask("pose", self._detector, live.PoseRequest(
            subject=source.subject, revision=source.revision, model=source.model,
            picture=square, moment=frame.time, number=frame.number, reference=self._reference,
        ))  # fmt: skip

    def _ask_picture(self) -> None:
        source, row = self._source, self._row
        if source is None or row is None or "picture" in self._asked:
            return
        self._row = None
        self._ask("picture", self._pictures, live.DrivenRequest(
            subject=source.subject, revision=source.revision, model=source.model, row=row.row,
            source=source.source, transform=source.transform, size=source.size, fast=self.fast,
            moment=row.moment, number=row.number,
        ))  # fmt: skip

    def _ask(self, what: str, engine: Asked, request: Request) -> None:
        self._asked[what] = request.id
        engine.post(request)

    def _on_response(self, response: Response) -> None:
        what = next((name for name, i in self._asked.items() if i == response.id), "")
        if not what:
            return
        match response:
            case live.SourceReady():
                self._take_source(response)
            case live.PoseReady():
                self._take_pose(response)
            case live.DrivenReady():
                self._take_picture(response)
            case live.GainReady():
                del self._asked["gain"]
                self.gained.emit(response)
            case Failed():
                del self._asked[what]
                self._give_up(response)
            case Cancelled():
                del self._asked[what]
                self._again(what)

    def _again(self, what: str) -> None:
        """Somebody cancelled everything in a lane: go on with what is newest."""
        if what == "source":
            self.set_source(self._source)
        elif what == "gain":
            self.measure_gain()
        self._go_on()

    def _take_source(self, response: live.SourceReady) -> None:
        del self._asked["source"]
        self._is_ready = True
        self.drive.set_source(response.rest)
        self.ready.emit(response)
        self._ask_pose()

    def _take_pose(self, response: live.PoseReady) -> None:
        del self._asked["pose"]
        if self._feed is not None:
            row = self.drive.drive(response.pose, response.moment)
            self._row = _Row(row, response.moment, response.number)
            self.figures.posed(self._clock(), response.milliseconds)
            self.posed.emit(response)
        self._go_on()

    def _take_picture(self, response: live.DrivenReady) -> None:
        del self._asked["picture"]
        if self._feed is not None:
            self.figures.pictured(self._clock(), response.number, response.milliseconds)
        self.pictured.emit(response)
        self._go_on()

    def _go_on(self) -> None:
        self._ask_picture()
        self._ask_pose()

    def _give_up(self, response: Failed) -> None:
        """A model that fails would fail for every picture."""
        self.stop()
        self.failed.emit(response.message, response.hint)

    def _forget_ended(self) -> None:
        """Let go of feeds whose thread is done, in this thread."""
        self._old = [f for f in self._old if not (f.reader.ended and f.close(0))]
