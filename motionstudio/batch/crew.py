"""What the scheduler knows of those who do the work: slots that take a task, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from motionstudio.batch.task import Outcome, Task


@dataclass(frozen=True, slots=True)
class Word:
    """Something that a slot said; ``slot`` counts from 0."""

    slot: int


@dataclass(frozen=True, slots=True)
class Progressed(Word):
    """A task under way; ``fraction`` in [0, 1]."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Finished(Word):
    """A task is done and its results are whole."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Refused(Word):
    """A task cannot be done, for a reason that trying again does not change.

    ``trace`` tells where the program failed; empty: a person can mend it.
    """

    message: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Died(Word):
    """The process ended, or lost its way, in the middle of a task; it may be tried again."""

    reason: str


class Crew(Protocol):
    """Some processes; each does one task at a time, and any of them may die."""

    @property
    def slots(self) -> int:
        """How many tasks can be under way."""

    def give(self, slot: int, task: Task) -> None:
        """Have a free slot do ``task``; a slot whose process died gets a new one."""

    def hear(self, timeout: float) -> Word | None:
        """What is said next, or None where nothing is said within ``timeout`` seconds."""

    def close(self) -> None:
        """End all processes; what is under way is abandoned."""


def plain(word: Word) -> dict[str, Any]:
    """A word without its slot, as JSON takes it."""
    match word:
        case Progressed():
            return {"said": "progress", "fraction": word.fraction}
        case Finished():
            return {"said": "finished", "outcome": word.outcome.plain()}
        case Refused():
            return {"said": "refused", "message": word.message, "trace": word.trace}
        case Died():
            return {"said": "died", "reason": word.reason}
        case _:
            raise TypeError(f"plain: expected a word, got {type(word).__name__}")


def of_plain(slot: int, said: dict[str, Any]) -> Word:
    """The word of ``slot`` that ``plain`` made ``said`` from.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    match said["said"]:
        case "progress":
            return Progressed(slot, float(said["fraction"]))
        case "finished":
            return Finished(slot, Outcome.of(said["outcome"]))
        case "refused":
            return Refused(slot, str(said["message"]), str(said.get("trace", "")))
        case "died":
            return Died(slot, str(said["reason"]))
        case other:
            raise ValueError(f"of_plain: expected something known, got {other!r}")
