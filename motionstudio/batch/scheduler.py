"""Gives tasks to workers until all are done or have failed; a worker that dies loses nothing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from motionstudio.batch import events
from motionstudio.batch.crew import Crew, Died, Finished, Progressed, Refused, Word
from motionstudio.batch.lapse import told, traces
from motionstudio.batch.planning import Planned
from motionstudio.batch.results import done, found
from motionstudio.batch.task import Outcome

Tell = Callable[[events.Event], None]
_WAIT = 0.2
"""Seconds after which a person's wish to stop is looked at."""


@dataclass(slots=True)
class Entry:
    """A task and what became of it.

    Attributes:
        planned: the task.
        outcome: what was made, or None. With a failure it is what was made beside that.
        attempts: how often a worker was given it in this run.
        failure: why it, or a part of it, failed for good; or empty.
        trace: where the program failed, or empty: a person can mend it.
    """

    planned: Planned
    outcome: Outcome | None = None
    attempts: int = 0
    failure: str = ""
    trace: str = ""


@dataclass(slots=True)
class _Under:
    """What is under way, by slot, and what waits."""

    waiting: deque[Entry]
    running: dict[int, Entry] = field(default_factory=dict)


class Scheduler:
    """One run of a study.

    Args:
        tasks: all of them, those done before included.
        crew: does the work.
        retries: how often a task whose worker died is tried again.
        tell: receives events.
        cancelled: asked a few times a second.
        clock: seconds.
    """

    def __init__(
        self,
        tasks: Sequence[Planned],
        crew: Crew,
        *,
        retries: int,
        tell: Tell,
        cancelled: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.entries = [Entry(planned, planned.outcome) for planned in tasks]
        self._crew, self._retries = crew, retries
        self._tell, self._cancelled, self._clock = tell, cancelled, clock
        self._work = _Under(deque(entry for entry in self.entries if entry.outcome is None))
        self._began = clock()
        self._to_do = len(self._work.waiting)
        self._done = len(self.entries) - self._to_do
        self._failed = 0

    @property
    def counts(self) -> dict[str, int]:
        """``done``, ``failed`` and ``total``, as events carry them."""
        return {"done": self._done, "failed": self._failed, "total": len(self.entries)}

    def run(self) -> bool:
        """Work until nothing is left; tells whether a person stopped it before.

        What is under way when a person asks to stop is finished. The crew is not closed.
        """
        stopped = False
        for entry in self.entries:
            if entry.outcome is not None:
                self._tell(events.Skipped(task=entry.planned.task.name, **self.counts))
        for slot in range(self._crew.slots):
            self._give(slot)
        while self._work.running:
            if self._cancelled():
                stopped = stopped or bool(self._work.waiting)
                self._work.waiting.clear()
            word = self._crew.hear(_WAIT)
            if word is not None:
                self._take(word)
        self._look_for_parts()
        return stopped

    def _look_for_parts(self) -> None:
        """What an earlier run made in part, and this one could not add to, is still there."""
        for entry in self.entries:
            if entry.outcome is None:
                entry.outcome = found(entry.planned.folder, entry.planned.task.key)
            if entry.outcome is not None and not entry.failure:
                entry.failure = told(entry.outcome.lapses)

    def _give(self, slot: int) -> None:
        if not self._work.waiting:
            return
        entry = self._work.waiting.popleft()
        entry.attempts += 1
        self._work.running[slot] = entry
        self._tell(
            events.Started(
                task=entry.planned.task.name, attempt=entry.attempts, worker=slot, **self.counts
            )
        )
        self._crew.give(slot, entry.planned.task)

    def _take(self, word: Word) -> None:
        entry = self._work.running.get(word.slot)
        if entry is None:
            return
        name = entry.planned.task.name
        if isinstance(word, Progressed):
            self._tell(events.Advanced(task=name, fraction=word.fraction, **self.counts))
            return
        del self._work.running[word.slot]
        match word:
            case Finished():
                self._keep(entry, word.outcome)
            case Refused():
                entry.trace = word.trace
                self._give_up(entry, word.message)
            case Died():
                self._lose(entry, word.reason)
        self._give_all()

    def _give_all(self) -> None:
        """Every free slot: what was lost comes back when others may have run out of work."""
        for slot in range(self._crew.slots):
            if slot not in self._work.running:
                self._give(slot)

    def _keep(self, entry: Entry, outcome: Outcome) -> None:
        entry.outcome = outcome
        if outcome.lapses:
            entry.trace = traces(outcome.lapses)
            self._give_up(entry, told(outcome.lapses))
            return
        self._done += 1
        self._tell(
            events.Made(
                task=entry.planned.task.name,
                seconds=outcome.seconds,
                figures=outcome.figures,
                notes=outcome.notes,
                left=self._left(),
                **self.counts,
            )
        )

    def _lose(self, entry: Entry, reason: str) -> None:
        # It may have died between the last file and its last word.
        whole = done(entry.planned.folder, entry.planned.task.key)
        if whole is not None:
            self._keep(entry, whole)
        elif entry.attempts > self._retries:
            times = f"{entry.attempts} times" if entry.attempts > 1 else "once"
            self._give_up(entry, f"It was tried {times}; at last {reason}.")
        else:
            self._tell(
                events.Lost(
                    task=entry.planned.task.name,
                    reason=reason,
                    attempt=entry.attempts,
                    **self.counts,
                )
            )
            self._work.waiting.append(entry)

    def _give_up(self, entry: Entry, message: str) -> None:
        entry.failure = message
        self._failed += 1
        partly = entry.outcome is not None
        self._tell(
            events.GaveUp(
                task=entry.planned.task.name, message=message, partly=partly, **self.counts
            )
        )

    def _left(self) -> float | None:
        made = self._done + self._failed - (len(self.entries) - self._to_do)
        remaining = self._to_do - made
        if made < 1 or not remaining:
            return None
        return (self._clock() - self._began) / made * remaining
