"""Exports: full-quality frames through the engine, written in a thread of their own."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Qt, Signal, Slot

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.document.content_hash import content_hash
from motionstudio.document.subject import Subject
from motionstudio.engine import responses
from motionstudio.engine.gather import gather
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.export import ExportKind, ExportOptions, command_line, write_export
from motionstudio.export.of_subject import SubjectExport, export_of
from motionstudio.export.time_left import TimeLeft
from motionstudio.gui.notifications import Notice
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.io.atomic import check_new_folder

_RENDERING = 0.7
"""Share of the bar that rendering takes; the rest is writing."""


class _Job:
    """One export under way: frames go in at one end, a file comes out at the other."""

    def __init__(self, made: SubjectExport) -> None:
        self.export, self.request = made.export, made.request
        self.received = 0
        self.stop = Event()
        self._frames: queue.SimpleQueue[FrameReady | None] = queue.SimpleQueue()

    @property
    def wanted(self) -> int:
        return len(self.export.positions)

    def put(self, ready: FrameReady | None) -> None:
        """A rendered frame, or None: there will be no more."""
        self._frames.put(ready)

    def frames(self) -> Iterator[FrameReady]:
        """The frames as they come; called in the writing thread."""
        while (ready := self._frames.get()) is not None:
            yield ready
        if self.stop.is_set():
            raise Cancelled


class ExportPresenter(QObject):
    """Options -> ``DecodeRequest`` in the export lane -> a file; several files one by one.

    Signals:
        progressed: fraction done and a few words.
        finished: the path written (the last of several), or None when it was cancelled or failed.

    Args:
        session: shared parts.
        parent: Qt parent.
        now: seconds of a monotonic clock, for the time left.
    """

    progressed = Signal(float, str)
    finished = Signal(object)
    _told = Signal(float)
    _ended = Signal(object)

    def __init__(
        self,
        session: Session,
        parent: QObject | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._session, self._now = session, now
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="export")
        self._job: _Job | None = None
        self._waiting: deque[tuple[Subject, ExportOptions]] = deque()
        self._left = TimeLeft(now)
        self._done: list[Path] = []
        self._total = 1
        self.pace = 0.0
        self.last: Path | None = None
        session.engine.responseReady.connect(self._on_response)
        queued = Qt.ConnectionType.QueuedConnection
        self._told.connect(self._on_told, queued)
        self._ended.connect(self._on_ended, queued)

    @property
    def running(self) -> bool:
        """Whether an export is under way."""
        return self._job is not None

    def start(self, subject: Subject, options: ExportOptions) -> None:
        """Export a subject; a second export waits for nobody and is refused."""
        self.start_all(((subject, options),))

    def start_all(self, wanted: Sequence[tuple[Subject, ExportOptions]]) -> None:
        """Export several subjects, one after the other, as one task."""
        if self._job is not None:
            self._session.notices.say("An export is running already; wait or cancel it.")
            return
        with self._session.reported():
            for _, options in wanted:
                if options.kind is ExportKind.PNG:
                    # Known only after minutes of rendering otherwise.
                    check_new_folder(options.path)
            self._left, self._done, self._total = TimeLeft(self._now), [], len(wanted)
            self._waiting = deque(wanted)
        if not self._go_on():
            # Whoever waits for the end is told also where there was not even a beginning.
            self.finished.emit(None)

    def cancel(self) -> None:
        """Stop; no half a file stays behind."""
        self._waiting.clear()
        if self._job is not None:
            self._job.stop.set()
            self._job.put(None)
            self._session.engine.cancel(Lane.EXPORT)

    def shutdown(self) -> None:
        """Stop and wait for the thread."""
        self.cancel()
        self._pool.shutdown(wait=True)

    def _go_on(self) -> bool:
        """Begin the next export that can be begun; tells whether there was one."""
        while self._waiting and self._job is None:
            with self._session.reported():
                self._begin(self._make(*self._waiting.popleft()))
        return self._job is not None

    def _begin(self, job: _Job) -> None:
        self._job = job
        self._tell(0.0)
        self._pool.submit(self._work, job).add_done_callback(self._announce)
        if job.request is not None:
            try:
                self._session.engine.post(job.request)
            except MotionStudioError:
                # The writing thread waits for frames that will never come.
                job.stop.set()
                job.put(None)
                raise

    def _make(self, subject: Subject, options: ExportOptions) -> _Job:
        session = self._session
        card, facts = session.card(subject), session.media.facts(subject)
        if card is None or facts is None:
            raise MotionStudioError(
                f"{subject.name} has no motion to export yet.", "Wait until it is encoded."
            )
        made = export_of(
            subject,
            card,
            facts.reference,
            transform_of(subject, facts, card),
            options,
            revision=session.project.revision,
            project_hash=content_hash(session.project.state),
            command=self._command(subject, options),
            subjects=session.project.subjects,
        )
        return _Job(made)

    def _command(self, subject: Subject, options: ExportOptions) -> str:
        """The command that makes the file again; names only, as files are passed on."""
        project = self._session.project.path
        if project is None:
            return ""
        named = replace(options, path=Path(options.path.name))
        return command_line(named, Path(project.name), subject.name, count=len(subject.clip))

    def _work(self, job: _Job) -> Path:
        """Called in the writing thread."""
        rendered = None
        if job.request is not None:
            positions = job.export.positions
            times = job.export.motion.times[positions.start : positions.stop]
            rendered = gather(job.frames(), times - times[0])

        def tick(fraction: float) -> bool:
            self._told.emit(_RENDERING + (1 - _RENDERING) * fraction)
            return not job.stop.is_set()

        return write_export(job.export, rendered, tick)

    def _announce(self, future: Future[Path]) -> None:
        """Called in the writing thread."""
        self._ended.emit(future)

    def _on_response(self, response: Response) -> None:
        job = self._job
        if job is None or job.request is None or response.id != job.request.id:
            return
        if isinstance(response, FrameReady):
            job.received += 1
            if not job.request.fields:
                # What was made before comes with its fields: they would fill the memory.
                response = replace(response, displacement=None, inverse=None, overlays={})
            job.put(response)
            self._tell(_RENDERING * job.received / max(job.wanted, 1))
        elif isinstance(response, responses.Done | responses.Cancelled | responses.Failed):
            if not isinstance(response, responses.Done):
                job.stop.set()
            job.put(None)

    @Slot(float)
    def _on_told(self, fraction: float) -> None:
        self._tell(fraction)

    def _tell(self, fraction: float) -> None:
        if self._job is None:
            return
        whole = (len(self._done) + fraction) / self._total
        words = [f"Exporting {self._job.export.options.path.name}"]
        if self._total > 1:
            words.append(f"{len(self._done) + 1} of {self._total}")
        words.append(self._left.text(whole))
        self.progressed.emit(whole, " · ".join(word for word in words if word))

    @Slot(object)
    def _on_ended(self, future: Future[Path]) -> None:
        job, self._job = self._job, None
        error = future.exception()
        if error is None:
            self._done.append(future.result())
            self._note_pace(job)
            if not self._go_on():
                self._succeed()
            return
        self._waiting.clear()
        if isinstance(error, Cancelled):
            kept = f"{len(self._done)} finished files stay." if self._done else ""
            self._session.notices.say("The export was cancelled; no half file is left.", kept)
        else:
            self._session.notices.report(error)
        self.finished.emit(None)

    def _note_pace(self, job: _Job | None) -> None:
        """Seconds for each million pixels: what the next estimate goes by."""
        if job is None or job.request is None:
            return
        height, width = job.export.transform.frame_size
        pixels = job.wanted * height * width / 1e6
        self.pace = self._left.elapsed / max(len(self._done), 1) / max(pixels, 1e-6)

    def _succeed(self) -> None:
        path = self.last = self._done[-1]
        self._session.settings.update(export_folder=str(path.parent))
        what = path.name if len(self._done) == 1 else f"{len(self._done)} files"
        lie = "lies" if len(self._done) == 1 else "lie"
        where = f"{'It' if lie == 'lies' else 'They'} {lie} in {path.parent}."
        self._session.notices.post(
            Notice(f"Exported {what}.", where, actions=("file.show_exported",))
        )
        self.finished.emit(path)
