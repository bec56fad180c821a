"""One request being served: how its answers go out and how it learns that it should stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from motionstudio.core.errors import Cancelled
from motionstudio.engine.responses import Notice, Progress, Response, Ticket

# A progress bar of a few hundred pixels shows no finer steps.
_STEP = 0.01


@dataclass(frozen=True, slots=True)
class Call:
    """A request being served.

    Attributes:
        ticket: of the request.
        emit: sends a response.
        cancelled: True when the request should stop; asked between chunks, which also lets
            more urgent requests in.
    """

    ticket: Ticket
    emit: Callable[[Response], None]
    cancelled: Callable[[], bool]

    def tell(self, text: str) -> None:
        """Send one plain sentence."""
        self.emit(Notice(ticket=self.ticket, text=text))

    def check(self) -> None:
        """A point where the call may be interrupted.

        Raises:
            Cancelled: the request should stop.
        """
        if self.cancelled():
            raise Cancelled

    def tick(self, text: str) -> Callable[[float], bool]:
        """A model's tick: sends ``Progress`` with ``text``, stops the model when cancelled."""
        shown = 0.0

        def ticked(fraction: float) -> bool:
            nonlocal shown
            if self.cancelled():
                return False
            if fraction - shown >= _STEP:
                shown = fraction
                self.emit(Progress(ticket=self.ticket, fraction=min(fraction, 1.0), text=text))
            return True

        return ticked
