"""Where requests wait: one place per lane and topic, the latest wins; two lanes are queues."""

from __future__ import annotations

import threading
from collections import Counter, deque

from motionstudio.engine.requests import Lane, LoadRequest, Request
from motionstudio.engine.responses import Response, Ticket

Slot = tuple[Lane, str]
PATIENCE = 4
"""So often a place is served in a row while others wait: then one of them has a turn."""


def slot_of(request: Request) -> Slot:
    """The place that ``request`` takes: its lane, with its topic or, for encoding, its subject."""
    if isinstance(request, LoadRequest):
        return request.lane, f"load {request.model}"
    return request.lane, request.subject if request.lane is Lane.ENCODE else request.topic


class Mailbox:
    """Hands requests from any thread to one worker, the most urgent lane first.

    Pictures of a film that plays can be asked for faster than they are made; so that nothing waits
    for its end, a place that was served ``PATIENCE`` times leaves a turn to what waits beside it.

    A request that is replaced, cancelled or overtaken by ``close`` turns *stale*: the worker
    asks ``stale(request)`` between chunks and stops.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[Slot, deque[Request]] = {}
        self._running: list[Request] = []
        self._turns: Counter[Slot] = Counter()
        # Lane generation: id and subject of the newest request; a cancellation counts as newer.
        self._newest: dict[Slot, tuple[int, str]] = {}
        self._cancelled: set[int] = set()
        self._closed = False

    def post(self, request: Request) -> Request | None:
        """Take ``request`` in; return the waiting one that it replaced, if any.

        Raises:
            RuntimeError: the mailbox is closed.
        """
        slot = slot_of(request)
        with self._changed:
            if self._closed:
                raise RuntimeError("Mailbox.post: the mailbox is closed")
            waiting = self._waiting.setdefault(slot, deque())
            replaced = waiting.popleft() if waiting and not request.lane.queued else None
            waiting.append(request)
            self._newest[slot] = (request.id, request.subject)
            self._changed.notify_all()
            return replaced

    def take(self, *, before: Lane | None = None, block: bool = True) -> Request | None:
        """The most urgent waiting request, now counted as running.

        Args:
            before: only lanes more urgent than this one.
            block: wait for one; else return None when there is none.

        Returns:
            The request, or None when there is none or the mailbox is closed.
        """
        with self._changed:
            while not self._closed:
                slot = self._most_urgent(before)
                if slot is not None:
                    request = self._waiting[slot].popleft()
                    if not self._waiting[slot]:
                        del self._waiting[slot]  # There is one slot for each clip ever encoded.
                    self._running.append(request)
                    return request
                if not block:
                    return None
                self._changed.wait()
            return None

    def finish(self, request: Request) -> None:
        """Count ``request``, taken before, as served."""
        with self._changed:
            self._running.remove(request)
            self._cancelled.discard(request.id)
            self._changed.notify_all()

    def cancel(
        self, lane: Lane, subject: str | None = None, topic: str | None = None
    ) -> tuple[Request, ...]:
        """Cancel what waits and runs in ``lane`` (of ``subject`` or ``topic`` only, when given).

        Returns:
            The requests that never started; running ones stop at their next chunk.
        """

        def meant(request: Request) -> bool:
            about = subject in (None, request.subject) and topic in (None, request.topic)
            return request.lane is lane and about

        with self._changed:
            dropped: list[Request] = []
            for slot, waiting in self._waiting.items():
                dropped.extend(r for r in waiting if meant(r))
                self._waiting[slot] = deque(r for r in waiting if not meant(r))
            self._cancelled.update(r.id for r in self._running if meant(r))
            for slot, (newest, about) in self._newest.items():
                fits = lane is Lane.ENCODE or topic in (None, slot[1])
                if slot[0] is lane and fits and subject in (None, about):
                    self._newest[slot] = (newest + 1, about)
            return tuple(dropped)

    def stale(self, request: Request) -> bool:
        """True when ``request`` should stop: replaced, cancelled, or the mailbox is closed."""
        with self._changed:
            if self._closed or request.id in self._cancelled:
                return True
            return not request.lane.queued and self._overtaken(slot_of(request), request.id)

    def is_current(self, ticket: Ticket | Response) -> bool:
        """True unless, in a lane where the latest wins, a newer request or a cancel came."""
        ticket = ticket.ticket if isinstance(ticket, Response) else ticket
        if ticket.lane.queued:
            return True
        about = ticket.subject if ticket.lane is Lane.ENCODE else ticket.topic
        with self._changed:
            return not self._overtaken((ticket.lane, about), ticket.id)

    def holds(self, lane: Lane) -> bool:
        """True while a request of ``lane`` waits or runs."""
        with self._changed:
            waiting = any(slot[0] is lane and queue for slot, queue in self._waiting.items())
            return waiting or any(request.lane is lane for request in self._running)

    @property
    def idle(self) -> bool:
        """True when nothing waits and nothing runs."""
        with self._changed:
            return not self._running and not any(self._waiting.values())

    def close(self) -> None:
        """Refuse further posts, drop what waits, turn what runs stale, release the worker."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """True after ``close``."""
        with self._changed:
            return self._closed

    def _overtaken(self, slot: Slot, request_id: int) -> bool:
        return self._newest.get(slot, (0, ""))[0] > request_id

    def _most_urgent(self, before: Lane | None) -> Slot | None:
        ready = [slot for slot, waiting in self._waiting.items() if waiting]
        if before is not None:
            ready = [slot for slot in ready if slot[0] < before]
        patient = [slot for slot in ready if self._turns[slot] < PATIENCE]
        if len(ready) < 2 or not patient:
            self._turns.clear()
            patient = ready
        chosen = min(patient, key=lambda slot: (slot[0], self._waiting[slot][0].id), default=None)
        if chosen is not None:
            self._turns[chosen] += 1
        return chosen
