"""What is known of a run, gathered from its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from motionstudio.training.events import (
    Event,
    Failed,
    Finished,
    Paused,
    Said,
    Stepped,
    Validated,
    Watched,
)


class Phase(Enum):
    """Where a run stands, in words for people."""

    PREPARING = "Preparing"
    RUNNING = "Training"
    PAUSED = "Paused"
    FINISHED = "Finished"
    FAILED = "Failed"
    INTERRUPTED = "Interrupted"


@dataclass(slots=True)
class Progress:
    """Grows with every event.

    Attributes:
        phase: where it stands, as its events tell.
        step, steps: done and planned.
        rate, speed, left: learning rate, steps a second, seconds to go.
        waiting: share of the time spent waiting for data, 0 to 1; None: not known.
        losses: by name, (step, value) of each event.
        held_out: figures on held-out sequences, likewise.
        looks: pictures of the watched clip.
        words: the last sentence that was said; ``hint``: what to do about a failure.
    """

    phase: Phase = Phase.PREPARING
    step: int = 0
    steps: int = 0
    rate: float = 0.0
    speed: float = 0.0
    left: float = 0.0
    waiting: float | None = None
    losses: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    held_out: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    looks: list[Watched] = field(default_factory=list)
    words: str = ""
    hint: str = ""

    @property
    def over(self) -> bool:
        """Whether no more events are to come from this process."""
        return self.phase in (Phase.FINISHED, Phase.FAILED, Phase.INTERRUPTED)

    def take(self, event: Event) -> None:
        """One more event."""
        if isinstance(event, Said):
            self.words = event.text
        elif isinstance(event, Stepped):
            self._step(event)
        elif isinstance(event, Validated):
            self._add(self.held_out, event.step, event.figures)
        elif isinstance(event, Watched):
            self._cut(event.step)
            self.looks.append(event)
            self._add(self.held_out, event.step, {"watched clip": event.error})
        elif isinstance(event, Paused):
            self.phase, self.step = Phase.PAUSED, event.step
        elif isinstance(event, Failed):
            self.phase, self.words, self.hint = Phase.FAILED, event.text, event.hint
        elif isinstance(event, Finished):
            self.phase, self.step = Phase.FINISHED, event.step

    def _step(self, event: Stepped) -> None:
        self.phase, self.step, self.steps = Phase.RUNNING, event.step, event.steps
        self.rate, self.speed, self.left = event.rate, event.speed, event.left
        self.waiting = event.waiting
        self._add(self.losses, event.step, event.losses)

    def _add(
        self, where: dict[str, list[tuple[int, float]]], step: int, values: dict[str, float]
    ) -> None:
        for name, value in values.items():
            kept = where.setdefault(name, [])
            # A run that went on from its saved state makes some steps again.
            while kept and kept[-1][0] >= step:
                kept.pop()
            kept.append((step, value))

    def _cut(self, step: int) -> None:
        while self.looks and self.looks[-1].step >= step:
            self.looks.pop()
