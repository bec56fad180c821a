"""Exports: full-quality frames through the engine, written in a thread of their own."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.document.subject import Subject
from motionstudio.engine import responses
from motionstudio.engine.gather import gather
from motionstudio.engine.requests import DecodeRequest, Lane
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.export import Export, ExportKind, ExportOptions, write_export
from motionstudio.gui.presenters.resolve import decode_request, transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.io.atomic import check_new_folder

_RENDERING = 0.7
"""Share of the bar that rendering takes; the rest is writing."""


class _Job:
    """One export under way: frames go in at one end, a file comes out at the other."""

    def __init__(self, export: Export, request: DecodeRequest | None) -> None:
        self.export, self.request = export, request
        self.received = 0
        self.stop = Event()
        self._frames: queue.SimpleQueue[FrameReady | None] = queue.SimpleQueue()

    @property
    def wanted(self) -> int:
        return len(self.export.options.frames(len(self.export.motion.times)))

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
    """Options -> ``DecodeRequest`` in the export lane -> a file.

    Signals:
        progressed: fraction done and a few words.
        finished: the path written, or None when it was cancelled or failed.
    """

    progressed = Signal(float, str)
    finished = Signal(object)
    _told = Signal(float)
    _ended = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="export")
        self._job: _Job | None = None
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
        session = self._session
        if self._job is not None:
            session.notices.say("An export is running already; wait or cancel it.")
            return
        with session.reported():
            job = self._make(subject, options)
            self._job = job
            self.progressed.emit(0.0, f"Exporting {options.path.name}")
            self._pool.submit(self._work, job).add_done_callback(self._announce)
            if job.request is not None:
                session.engine.post(job.request)

    def cancel(self) -> None:
        """Stop; no half a file stays behind."""
        if self._job is not None:
            self._job.stop.set()
            self._job.put(None)
            self._session.engine.cancel(Lane.EXPORT)

    def shutdown(self) -> None:
        """Stop and wait for the thread."""
        self.cancel()
        self._pool.shutdown(wait=True)

    def _make(self, subject: Subject, options: ExportOptions) -> _Job:
        session = self._session
        card, facts = session.card(subject), session.media.facts(subject)
        if card is None or facts is None or subject.track is None or not subject.has_motion:
            raise MotionStudioError(
                f"{subject.name} has no motion to export yet.", "Wait until it is encoded."
            )
        if options.kind is ExportKind.PNG:
            # Known only after minutes of rendering otherwise.
            check_new_folder(options.path)
        motion = subject.track.motion()
        frames = tuple(options.frames(len(motion.times)))
        request = decode_request(
            subject, facts, card, session.project.revision, lane=Lane.EXPORT, frames=frames
        )
        export = Export(
            options,
            motion,
            transform_of(subject, facts, card),
            truth=subject.clip.frames,
            names=tuple(subject.dim_name(d) for d in range(motion.dims)),
            edited=np.asarray(subject.track.edited.any(1)),
            spacing=subject.clip.spacing,
        )
        return _Job(export, request if options.kind.has_pictures else None)

    def _work(self, job: _Job) -> Path:
        """Called in the writing thread."""
        options, motion = job.export.options, job.export.motion
        rendered = None
        if job.request is not None:
            chosen = options.frames(len(motion.times))
            times = motion.times[chosen.start : chosen.stop]
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
            job.put(response)
            share = job.received / max(job.wanted, 1)
            self.progressed.emit(_RENDERING * share, f"Exporting {job.export.options.path.name}")
        elif isinstance(response, responses.Done | responses.Cancelled | responses.Failed):
            if not isinstance(response, responses.Done):
                job.stop.set()
            job.put(None)

    @Slot(float)
    def _on_told(self, fraction: float) -> None:
        if self._job is not None:
            self.progressed.emit(fraction, f"Exporting {self._job.export.options.path.name}")

    @Slot(object)
    def _on_ended(self, future: Future[Path]) -> None:
        self._job = None
        error = future.exception()
        if error is None:
            path = future.result()
            self._session.settings.update(export_folder=str(path.parent))
            self._session.notices.say(f"Exported {path.name}.", f"It lies in {path.parent}.")
            self.finished.emit(path)
            return
        if isinstance(error, Cancelled):
            self._session.notices.say("The export was cancelled; nothing was written.")
        else:
            self._session.notices.report(error)
        self.finished.emit(None)
