"""What happens during a batch run, as values, sentences and JSON lines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import ClassVar

from motionstudio.core.counting import counted
from motionstudio.core.durations import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        done, failed, total: tasks, so far and in all.
    """

    kind: ClassVar[str] = ""
    done: int
    failed: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Began(Event):
    """The run began; ``workers`` processes, ``where`` they are."""

    kind: ClassVar[str] = "began"
    workers: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Event):
    """``task`` was done before, of the same content, weights and options."""

    kind: ClassVar[str] = "skipped"
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """``task`` is given to a worker, for the ``attempt``-th time."""

    kind: ClassVar[str] = "started"
    task: str
    attempt: int
    worker: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced(Event):
    """``task`` is under way; ``fraction`` of it in [0, 1]."""

    kind: ClassVar[str] = "advanced"
    task: str
    fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Event):
    """The results of ``task`` are there; ``seconds`` of wall clock; ``left`` seconds, or None."""

    kind: ClassVar[str] = "made"
    task: str
    seconds: float
    figures: dict[str, float]
    notes: tuple[str, ...]
    left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Event):
    """The worker of ``task`` died; it is tried again."""

    kind: ClassVar[str] = "lost"
    task: str
    reason: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp(Event):
    """``task`` failed for good; ``partly``: everything but what the message names is there."""

    kind: ClassVar[str] = "failed"
    task: str
    message: str
    partly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    """The run ended; ``stopped`` where a person asked for it; ``index`` the file of results."""

    kind: ClassVar[str] = "ended"
    index: str
    seconds: float
    stopped: bool


def to_line(event: Event) -> str:
    """One JSON object: ``event`` says which it is, the rest are its attributes."""
    return json.dumps({"event": event.kind, **asdict(event)})


def sentence(event: Event) -> str:
    """An event for people; empty for what happens too often to be said."""
    at = f"[{event.done + event.failed}/{event.total}]"
    match event:
        case Began() if event.done == event.total:
            return f"{counted(event.total, 'result')}, all made before"
        case Began():
            many = "1 worker" if event.workers == 1 else f"{event.workers} workers"
            before = f", {event.done} of them made before" if event.done else ""
            return f"{counted(event.total, 'result')}{before}; {many} {event.where}"
        case Started() if event.attempt > 1:
            return f"{at} {event.task}: attempt {event.attempt}"
        case Made():
            left = "" if event.left is None else f", {clock(event.left)} left"
            notes = "".join(f"\n    note: {text}" for text in event.notes)
            return f"{at} {event.task}: {event.seconds:.1f} s{left}{notes}"
        case Lost():
            return f"{at} {event.task}: {event.reason}; it will be tried again"
        case GaveUp():
            how = "made, but not all of it." if event.partly else "failed."
            return f"{at} {event.task}: {how} {event.message}"
        case Ended():
            stopped = "Stopped; the same command goes on from here. " if event.stopped else ""
            failed = f", {event.failed} failed" if event.failed else ""
            return f"{stopped}{event.done} of {event.total} done{failed}, in {clock(event.seconds)}"
        case _:
            return ""
