"""A process that draws batches ahead and is killed at it."""

from __future__ import annotations

import os
import signal


class Mortal:
    """Draws batches, and ends the process that draws the fourth unless it is the one that asks."""

    def __init__(self) -> None:
        self.asker = os.getpid()

    def __call__(self, step: int) -> int:
        if step == 3 and os.getpid() != self.asker:
            os.kill(os.getpid(), signal.SIGKILL)
        return step
