"""The body of the background thread: takes requests, serves them, never stops on an error."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Protocol

from motionstudio.engine.mailbox import PATIENCE, Mailbox
from motionstudio.engine.requests import Lane, Request
from motionstudio.engine.responses import Failed, Response, Ticket

Emit = Callable[[Response], None]
Cancelled = Callable[[], bool]


class Handler(Protocol):
    """What serves requests: ``runner.Runner``, or a fake in tests."""

    @property
    def device(self) -> tuple[str, str]:
        """Name of the device and why it was chosen."""

    def handle(self, request: Request, emit: Emit, cancelled: Cancelled) -> None:
        """Answer ``request``; ask ``cancelled()`` between chunks; raise nothing."""


class WorkerLoop:
    """Serves a mailbox until it is closed.

    A long request is interrupted, not aborted, by a more urgent lane: whenever it asks whether
    it is cancelled, what is more urgent is served first, at most ``PATIENCE`` requests at a time.
    So scrubbing stays live during an export although one thread does all the work, and the export
    goes on although a film plays.

    Args:
        mailbox: where requests come from.
        make_handler: called once, in the thread of ``run``: importing torch happens there.
        emit: called in that thread with every response.
        on_device: called in that thread with the device's name and reason, at the start and
            whenever it changes.
        on_settled: called in that thread whenever a request is served.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        make_handler: Callable[[], Handler],
        emit: Emit,
        *,
        on_device: Callable[[str, str], None],
        on_settled: Callable[[], None],
    ) -> None:
        self._mailbox = mailbox
        self._make_handler = make_handler
        self._emit = emit
        self._on_device = on_device
        self._on_settled = on_settled
        self._device: tuple[str, str] | None = None

    def run(self) -> None:
        """Serve until the mailbox is closed."""
        try:
            handler = self._make_handler()
        except Exception as error:  # noqa: BLE001 - a broken torch must reach the user
            self._refuse_all(error)
            return
        self._report_device(handler)
        while (request := self._mailbox.take()) is not None:
            self._serve(handler, request)
            # While the next one is waited for, the clip of the last would be held.
            del request

    def _serve(self, handler: Handler, request: Request) -> None:
        def cancelled() -> bool:
            self._serve_more_urgent(handler, request.lane)
            return self._mailbox.stale(request)

        try:
            handler.handle(request, self._emit, cancelled)
        finally:
            self._report_device(handler)
            self._finish(request)

    def _serve_more_urgent(self, handler: Handler, lane: Lane) -> None:
        for _ in range(PATIENCE):
            urgent = self._mailbox.take(before=lane, block=False)
            if urgent is None:
                return
            self._serve(handler, urgent)

    def _report_device(self, handler: Handler) -> None:
        if handler.device != self._device:
            self._device = handler.device
            self._on_device(*handler.device)

    def _finish(self, request: Request) -> None:
        self._mailbox.finish(request)
        self._on_settled()

    def _refuse_all(self, error: Exception) -> None:
        """Answer every request with why nothing can be computed."""
        details = "".join(traceback.format_exception(error))
        while (request := self._mailbox.take()) is not None:
            self._emit(
                Failed(
                    ticket=Ticket.of(request),
                    message=f"The models cannot run here: {error}.",
                    hint="Run `motionstudio doctor` to see what is missing.",
                    details=details,
                )
            )
            self._finish(request)
