"""Ctrl-C for long runs: the first lets the run end in good order, the second ends it at once."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self

from motionstudio.cli.output import say

_SOON = "Stopping after this step and saving; Ctrl-C again stops at once."
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopper:
    """Asked by a run after every step whether to stop; use it as a context.

    Until the run asks for the first time there is nothing to save, and a signal raises
    ``KeyboardInterrupt`` at once; so does a second signal.

    Args:
        soon: what the first signal answers.
        at_once: what is said when a second one ended the run; empty: what became of a training.

    Attributes:
        asked: whether a signal has asked the run to stop.
    """

    def __init__(self, soon: str = _SOON, at_once: str = "") -> None:
        self.asked = False
        self._soon, self._at_once = soon, at_once
        self._running = False
        self._before: dict[signal.Signals, Any] = {}

    def __call__(self) -> bool:
        """Whether a signal has asked the run to stop."""
        self._running = True
        return self.asked

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._receive) for number in _SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        if kind is KeyboardInterrupt:
            where = "the last saved state is whole" if self._running else "nothing was trained yet"
            say(self._at_once or f"Stopped at once; {where}. The same command goes on from there.")

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked or not self._running:
            raise KeyboardInterrupt
        self.asked = True
        say(self._soon)
